"""ResNet from scratch, subclassing style."""
import tensorflow as tf
from tensorflow.keras.layers import (
    Add, BatchNormalization, Conv2D, Dense, GlobalAveragePooling2D, Input, Layer, ReLU, ZeroPadding2D, MaxPooling2D)
from tensorflow.keras.models import Model


class ResidualBlock(Layer):
    def __init__(self, filters, stride=1, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.stride = stride
        self.conv1 = Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)
        self.bn1 = BatchNormalization()
        self.conv2 = Conv2D(filters, 3, padding="same", use_bias=False)
        self.bn2 = BatchNormalization()
        self.relu = ReLU()
        if stride != 1:
            self.shortcut = tf.keras.Sequential([Conv2D(filters, 1, strides=stride), BatchNormalization()])
        else:
            self.shortcut = lambda x: x

    def call(self, inputs, training=None):
        x = self.conv1(inputs)
        x = self.bn1(x, training=training)
        x = self.relu(x)
        x = self.conv2(x)
        x = self.bn2(x, training=training)
        x = x + self.shortcut(inputs)
        return self.relu(x)

    def get_config(self):
        config = super().get_config()
        config.update({"filters": self.filters, "stride": self.stride})
        return config


class ResNet(Model):
    def __init__(self, blocks_per_stage, num_classes):
        super().__init__()
        self.pad = ZeroPadding2D(3)
        self.stem = Conv2D(16, 7, strides=2)
        self.pool = MaxPooling2D(3, strides=2, padding="same")
        self.stages = []
        filters = 16
        for i, n in enumerate(blocks_per_stage):
            for j in range(n):
                self.stages.append(ResidualBlock(filters, stride=2 if (i > 0 and j == 0) else 1))
            filters *= 2
        self.gap = GlobalAveragePooling2D()
        self.classifier = Dense(num_classes, activation="softmax")

    def call(self, x, training=False):
        x = self.pool(self.stem(self.pad(x)))
        for block in self.stages:
            x = block(x, training=training)
        return self.classifier(self.gap(x))


def functional_block(x, filters):
    skip = x
    x = Conv2D(filters, 3, padding="same", activation="relu")(x)
    x = Conv2D(filters, 3, padding="same")(x)
    if skip.shape[-1] != filters:
        skip = Conv2D(filters, 1)(skip)
    x = Add()([x, skip])
    return ReLU()(x)


if __name__ == "__main__":
    tf.random.set_seed(1)
    model = ResNet([1, 1], num_classes=5)
    x = tf.random.normal((8, 64, 64, 3))
    y = tf.random.uniform((8,), maxval=5, dtype=tf.int32)
    out = model(x)
    assert out.shape == (8, 5)
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=1, batch_size=4, verbose=0)
    print("parameters:", model.count_params())

    inp = Input((32, 32, 3))
    h = functional_block(inp, 8)
    h = functional_block(h, 8)
    h = functional_block(h, 16)
    net = Model(inp, Dense(5)(GlobalAveragePooling2D()(h)))
    print(net.output_shape, net(tf.zeros([2, 32, 32, 3])).shape)
