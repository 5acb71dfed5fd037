"""Structured data with preprocessing layers, from a dict of columns."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

n = 40
columns = {
    "age": np.random.randint(20, 80, n),
    "chol": np.random.randint(150, 300, n).astype("float32"),
    "thal": np.random.choice(["fixed", "normal", "reversible"], n),
    "sex": np.random.randint(0, 2, n),
}
target = np.random.randint(0, 2, n)

ds = tf.data.Dataset.from_tensor_slices((columns, target)).shuffle(n)
train_ds = ds.take(32).batch(8)
val_ds = ds.skip(32).batch(8)
for x, y in ds.take(1):
    print("Input:", x)
    print("Target:", y)


def encode_numerical_feature(feature, name, dataset):
    normalizer = layers.Normalization()
    feature_ds = dataset.map(lambda x, y: x[name])
    feature_ds = feature_ds.map(lambda x: tf.expand_dims(x, -1))
    normalizer.adapt(feature_ds)
    return normalizer(feature)


def encode_categorical_feature(feature, name, dataset, is_string):
    lookup_class = layers.StringLookup if is_string else layers.IntegerLookup
    lookup = lookup_class(output_mode="multi_hot")
    feature_ds = dataset.map(lambda x, y: x[name])
    feature_ds = feature_ds.map(lambda x: tf.expand_dims(x, -1))
    lookup.adapt(feature_ds)
    return lookup(feature)


sex = keras.Input(shape=(1,), name="sex", dtype="int64")
thal = keras.Input(shape=(1,), name="thal", dtype="string")
age = keras.Input(shape=(1,), name="age")
chol = keras.Input(shape=(1,), name="chol")
all_inputs = {"sex": sex, "thal": thal, "age": age, "chol": chol}

sex_encoded = encode_categorical_feature(sex, "sex", train_ds, False)
thal_encoded = encode_categorical_feature(thal, "thal", train_ds, True)
age_encoded = encode_numerical_feature(age, "age", train_ds)
chol_encoded = encode_numerical_feature(chol, "chol", train_ds)
all_features = layers.concatenate([sex_encoded, thal_encoded, age_encoded, chol_encoded])
x = layers.Dense(16, activation="relu")(all_features)
x = layers.Dropout(0.5)(x)
output = layers.Dense(1, activation="sigmoid")(x)
model = keras.Model(all_inputs, output)
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])


def fix(features, label):
    features = {k: tf.expand_dims(v, -1) for k, v in features.items()}
    return features, label


model.fit(train_ds.map(fix), epochs=1, validation_data=val_ds.map(fix), verbose=0)
sample = {"age": 60, "chol": 233.0, "thal": "fixed", "sex": 1}
input_dict = {name: tf.convert_to_tensor([[value]]) for name, value in sample.items()}
predictions = model.predict(input_dict, verbose=0)
print(f"This patient has {100 * predictions[0][0]:.1f} percent")
