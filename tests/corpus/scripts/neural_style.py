"""Style transfer with a random VGG: gram matrices, image as variable."""
import tensorflow as tf

vgg = tf.keras.applications.VGG16(include_top=False, weights=None, input_shape=(64, 64, 3))
vgg.trainable = False
content_layers = ["block3_conv2"]
style_layers = ["block1_conv1", "block2_conv1"]
num_content_layers, num_style_layers = len(content_layers), len(style_layers)


def vgg_layers(layer_names):
    outputs = [vgg.get_layer(name).output for name in layer_names]
    return tf.keras.Model([vgg.input], outputs)


def gram_matrix(input_tensor):
    result = tf.linalg.einsum("bijc,bijd->bcd", input_tensor, input_tensor)
    input_shape = tf.shape(input_tensor)
    num_locations = tf.cast(input_shape[1] * input_shape[2], tf.float32)
    return result / num_locations


class StyleContentModel(tf.keras.models.Model):
    def __init__(self, style_layers, content_layers):
        super().__init__()
        self.vgg = vgg_layers(style_layers + content_layers)
        self.style_layers = style_layers
        self.content_layers = content_layers
        self.num_style_layers = len(style_layers)

    def call(self, inputs):
        inputs = inputs * 255.0
        preprocessed = tf.keras.applications.vgg16.preprocess_input(inputs)
        outputs = self.vgg(preprocessed)
        style_outputs, content_outputs = outputs[:self.num_style_layers], outputs[self.num_style_layers:]
        style_outputs = [gram_matrix(s) for s in style_outputs]
        content_dict = {name: value for name, value in zip(self.content_layers, content_outputs)}
        style_dict = {name: value for name, value in zip(self.style_layers, style_outputs)}
        return {"content": content_dict, "style": style_dict}


content_image = tf.random.uniform((1, 64, 64, 3))
style_image = tf.random.uniform((1, 64, 64, 3))
extractor = StyleContentModel(style_layers, content_layers)
style_targets = extractor(style_image)["style"]
content_targets = extractor(content_image)["content"]
image = tf.Variable(content_image)
opt = tf.keras.optimizers.Adam(learning_rate=0.02, beta_1=0.99, epsilon=1e-1)


def clip_0_1(image):
    return tf.clip_by_value(image, clip_value_min=0.0, clip_value_max=1.0)


def high_pass_x_y(image):
    x_var = image[:, :, 1:, :] - image[:, :, :-1, :]
    y_var = image[:, 1:, :, :] - image[:, :-1, :, :]
    return x_var, y_var


def style_content_loss(outputs):
    style_loss = tf.add_n([tf.reduce_mean((outputs["style"][n] - style_targets[n]) ** 2) for n in outputs["style"].keys()])
    content_loss = tf.add_n(
        [tf.reduce_mean((outputs["content"][n] - content_targets[n]) ** 2) for n in outputs["content"].keys()])
    return style_loss * 1e-2 / num_style_layers + content_loss * 1e4 / num_content_layers


@tf.function()
def train_step(image):
    with tf.GradientTape() as tape:
        outputs = extractor(image)
        loss = style_content_loss(outputs)
        dx, dy = high_pass_x_y(image)
        loss += 30 * (tf.reduce_mean(tf.abs(dx)) + tf.reduce_mean(tf.abs(dy)))
    grad = tape.gradient(loss, image)
    opt.apply_gradients([(grad, image)])
    image.assign(clip_0_1(image))
    return loss


for step in range(2):
    print(step, train_step(image).numpy())
result = tf.cast(image[0] * 255, tf.uint8)
print(result.shape, result.dtype)
