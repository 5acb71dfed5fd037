"""Imbalanced tabular data: class weights, sample weights, initial bias, k-fold."""
import numpy as np
import tensorflow as tf
from tensorflow import keras

rng = np.random.RandomState(42)
N, D = 120, 6
X = rng.normal(size=(N, D))
y = (X[:, 0] + 0.5 * rng.normal(size=N) > 1.2).astype(int)
neg, pos = np.bincount(y, minlength=2)
pos = max(pos, 1)
total = neg + pos
print("Examples:\n    Total: {}\n    Positive: {} ({:.2f}% of total)\n".format(total, pos, 100 * pos / total))

METRICS = [
    keras.metrics.TruePositives(name="tp"),
    keras.metrics.FalsePositives(name="fp"),
    keras.metrics.Precision(name="precision"),
    keras.metrics.Recall(name="recall"),
    keras.metrics.AUC(name="auc"),
    keras.metrics.AUC(name="prc", curve="PR"),
]


def make_model(metrics=("accuracy",), output_bias=None):
    if output_bias is not None:
        output_bias = tf.keras.initializers.Constant(output_bias)
    model = keras.Sequential([
        keras.layers.Input(shape=(D,)),
        keras.layers.Dense(16, activation="relu", kernel_regularizer=keras.regularizers.L2(1e-4)),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(1, activation="sigmoid", bias_initializer=output_bias),
    ])
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=1e-3), loss=keras.losses.BinaryCrossentropy(),
                  metrics=list(metrics))
    return model


initial_bias = np.log([pos / neg])
model = make_model(METRICS, initial_bias)
class_weight = {0: (1 / neg) * (total / 2.0), 1: (1 / pos) * (total / 2.0)}
model.fit(X, y, batch_size=32, epochs=1, class_weight=class_weight, verbose=0)
sample_weight = np.where(y == 1, class_weight[1], class_weight[0])
model.fit(X, y, batch_size=32, epochs=1, sample_weight=sample_weight, verbose=0)
results = dict(zip(model.metrics_names, model.evaluate(X, y, verbose=0)))
print(results)


def kfold(n, k, seed=0):
    order = np.random.default_rng(seed).permutation(n)
    folds = np.array_split(order, k)
    for i in range(k):
        valid = folds[i]
        train = np.concatenate([folds[j] for j in range(k) if j != i])
        yield train, valid


def roc_auc(y_true, scores):
    order = np.argsort(scores)
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    n_pos = y_true.sum()
    n_neg = len(y_true) - n_pos
    if n_pos == 0 or n_neg == 0:
        return 0.5
    return (ranks[y_true == 1].sum() - n_pos * (n_pos + 1) / 2) / (n_pos * n_neg)


oof = np.zeros(N)
for fold, (tr, va) in enumerate(kfold(N, 3)):
    mu, sigma = X[tr].mean(0), X[tr].std(0)
    m = make_model()
    m.fit((X[tr] - mu) / sigma, y[tr], epochs=1, batch_size=32, verbose=0)
    p = m.predict((X[va] - mu) / sigma, verbose=0)
    oof[va] = p[:, 0]
    print("fold", fold, "auc", roc_auc(y[va], p[:, 0]))
print("oof auc", roc_auc(y, oof), "f1", 2 * ((oof > 0.5) & (y == 1)).sum() / max(((oof > 0.5).sum() + y.sum()), 1))
