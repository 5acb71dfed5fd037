"""A script from the days of TensorFlow 1, run with compat.v1."""
import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()

learning_rate = 0.01
training_epochs = 2
batch_size = 16
display_step = 1

data = np.random.rand(64, 784).astype(np.float32)
labels = np.eye(10)[np.random.randint(0, 10, 64)]

x = tf.placeholder(tf.float32, [None, 784], name="x")
y = tf.placeholder(tf.float32, [None, 10], name="y")
keep_prob = tf.placeholder_with_default(1.0, shape=())


def conv2d(x, W):
    return tf.nn.conv2d(x, W, strides=[1, 1, 1, 1], padding="SAME")


def max_pool_2x2(x):
    return tf.nn.max_pool(x, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME")


with tf.variable_scope("conv"):
    W1 = tf.get_variable("W1", [5, 5, 1, 8], initializer=tf.truncated_normal_initializer(stddev=0.1))
    b1 = tf.get_variable("b1", [8], initializer=tf.zeros_initializer())
    x_image = tf.reshape(x, [-1, 28, 28, 1])
    h_conv1 = tf.nn.relu(conv2d(x_image, W1) + b1)
    h_pool1 = max_pool_2x2(h_conv1)

with tf.name_scope("dense"):
    W2 = tf.Variable(tf.truncated_normal([14 * 14 * 8, 10], stddev=0.1))
    b2 = tf.Variable(tf.constant(0.1, shape=[10]))
    flat = tf.reshape(h_pool1, [-1, 14 * 14 * 8])
    drop = tf.nn.dropout(flat, rate=1 - keep_prob)
    logits = tf.matmul(drop, W2) + b2

cost = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits_v2(logits=logits, labels=y))
train_op = tf.train.AdamOptimizer(learning_rate).minimize(cost)
correct = tf.equal(tf.argmax(logits, 1), tf.argmax(y, 1))
acc = tf.reduce_mean(tf.cast(correct, tf.float32))
init = tf.global_variables_initializer()

with tf.Session() as sess:
    sess.run(init)
    for epoch in range(training_epochs):
        avg_cost = 0.0
        total_batch = int(len(data) / batch_size)
        for i in range(total_batch):
            bx = data[i * batch_size:(i + 1) * batch_size]
            by = labels[i * batch_size:(i + 1) * batch_size]
            _, c = sess.run([train_op, cost], feed_dict={x: bx, y: by, keep_prob: 0.8})
            avg_cost += c / total_batch
        if (epoch + 1) % display_step == 0:
            print("Epoch:", "%04d" % (epoch + 1), "cost=", "{:.9f}".format(avg_cost))
    print("Accuracy:", acc.eval({x: data, y: labels}))
    w = sess.run(W1)
    print(w.shape, w.mean())
