"""Knowledge distillation, with the student's losses in a plain loop and soft targets."""
import tensorflow as tf
from tensorflow import keras


def make(width, name):
    return keras.Sequential([
        keras.Input(shape=(28, 28, 1)),
        keras.layers.Conv2D(width, (3, 3), strides=(2, 2), padding="same"),
        keras.layers.LeakyReLU(),
        keras.layers.Conv2D(width * 2, (3, 3), strides=(2, 2), padding="same"),
        keras.layers.Flatten(),
        keras.layers.Dense(10),
    ], name=name)


teacher, student = make(16, "teacher"), make(4, "student")
T, alpha = 3.0, 0.1
x = tf.random.uniform((32, 28, 28, 1))
y = tf.random.uniform((32,), maxval=10, dtype=tf.int32)
teacher.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True),
                metrics=["sparse_categorical_accuracy"])
teacher.fit(x, y, epochs=1, verbose=0)

hard = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
soft = keras.losses.KLDivergence()
optimizer = keras.optimizers.Adam()
mean_loss = keras.metrics.Mean()
acc = keras.metrics.SparseCategoricalAccuracy()


@tf.function
def step(xb, yb):
    teacher_logits = teacher(xb, training=False)
    with tf.GradientTape() as tape:
        student_logits = student(xb, training=True)
        student_loss = hard(yb, student_logits)
        distill = soft(tf.nn.softmax(teacher_logits / T, axis=1), tf.nn.softmax(student_logits / T, axis=1)) * T**2
        loss = alpha * student_loss + (1 - alpha) * distill
    variables = student.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    mean_loss.update_state(loss)
    acc.update_state(yb, student_logits)
    return {"loss": loss, "distill": distill}


for epoch in range(2):
    for xb, yb in tf.data.Dataset.from_tensor_slices((x, y)).batch(8):
        logs = step(xb, yb)
    print(epoch, {k: float(v) for k, v in logs.items()}, float(mean_loss.result()), float(acc.result()))
agree = tf.reduce_mean(tf.cast(tf.argmax(teacher(x), -1) == tf.argmax(student(x), -1), tf.float32))
print("agreement", agree.numpy(), teacher.count_params() / student.count_params())
