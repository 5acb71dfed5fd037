import tensorflow as tf

features = tf.ones([8, 4])
weights = tf.random.normal([16, 4])
bias = tf.zeros([16])

logits = tf.matmul(features, weights)
scores = tf.nn.softmax(logits + bias)
print(scores.shape)
