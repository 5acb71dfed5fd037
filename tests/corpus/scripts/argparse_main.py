#!/usr/bin/env python
"""Research-style script: argparse, logging, seeds, main()."""
import argparse
import logging
import os
import random
import sys
import tempfile

import numpy as np
import tensorflow as tf

logging.basicConfig(level=logging.INFO, stream=sys.stdout)
logger = logging.getLogger(__name__)


def parse_args(argv=None):
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--batch-size", type=int, default=16)
    p.add_argument("--epochs", type=int, default=2)
    p.add_argument("--hidden", type=int, nargs="+", default=[32, 16])
    p.add_argument("--lr", type=float, default=1e-3)
    p.add_argument("--optimizer", choices=["adam", "sgd"], default="adam")
    p.add_argument("--out", default=None)
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--no-bn", action="store_true")
    return p.parse_args(argv)


def set_seed(seed):
    random.seed(seed)
    np.random.seed(seed)
    tf.random.set_seed(seed)


def load_data(n=80, d=10, k=3):
    centers = np.random.randn(k, d) * 3
    y = np.random.randint(k, size=n)
    x = centers[y] + np.random.randn(n, d)
    perm = np.random.permutation(n)
    x, y = x[perm].astype(np.float32), y[perm].astype(np.int64)
    cut = n * 3 // 4
    return (x[:cut], y[:cut]), (x[cut:], y[cut:])


def build(args, d, k):
    model = tf.keras.Sequential([tf.keras.layers.InputLayer(input_shape=(d,)) if tf.__version__.startswith("2.15")
                                 else tf.keras.layers.InputLayer(shape=(d,))])
    for width in args.hidden:
        model.add(tf.keras.layers.Dense(width, use_bias=args.no_bn))
        if not args.no_bn:
            model.add(tf.keras.layers.BatchNormalization())
        model.add(tf.keras.layers.Activation("relu"))
    model.add(tf.keras.layers.Dense(k))
    return model


def get_optimizer(name, lr):
    table = {"adam": tf.keras.optimizers.Adam, "sgd": tf.keras.optimizers.SGD}
    return table[name](learning_rate=lr)


def main(argv=None):
    args = parse_args(argv)
    set_seed(args.seed)
    (x_tr, y_tr), (x_te, y_te) = load_data()
    k = len(np.unique(y_tr))
    model = build(args, x_tr.shape[1], 3)
    loss_fn = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(get_optimizer(args.optimizer, args.lr), loss_fn, metrics=["accuracy"])
    out = args.out or tempfile.mkdtemp()
    callbacks = [
        tf.keras.callbacks.ReduceLROnPlateau(patience=1),
        tf.keras.callbacks.CSVLogger(os.path.join(out, "log.csv")),
        tf.keras.callbacks.LambdaCallback(on_epoch_end=lambda e, logs: logger.info("%d %s", e, sorted(logs))),
    ]
    h = model.fit(x_tr, y_tr, args.batch_size, args.epochs, validation_data=(x_te, y_te), callbacks=callbacks, verbose=0)
    logits = model.predict(x_te, verbose=0)
    nll = -tf.nn.log_softmax(logits).numpy()[np.arange(len(y_te)), y_te].mean()
    acc = (logits.argmax(-1) == y_te).mean()
    path = os.path.join(out, "model.weights.h5")
    model.save_weights(path)
    clone = build(args, x_tr.shape[1], 3)
    clone.load_weights(path)
    np.testing.assert_allclose(clone(x_te).numpy(), logits, atol=1e-4)
    logger.info("nll %.3f acc %.3f classes %d best %.3f", nll, acc, k, max(h.history["val_accuracy"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
