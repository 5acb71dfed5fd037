"""Forecasting with NumPy windows and LSTM / Conv1D models."""
import numpy as np
import tensorflow as tf

WINDOW = 24
HORIZON = 6


def make_series(n=400, seed=3):
    rng = np.random.RandomState(seed)
    t = np.arange(n)
    season = np.sin(2 * np.pi * t / 24)
    trend = 0.01 * t
    temp = 10 + 3 * np.cos(2 * np.pi * t / 24) + rng.normal(0, 0.5, n)
    load = 50 + trend + 5 * season + rng.normal(0, 1, n)
    return np.stack([load, temp], axis=1)


def create_windows(data, window, horizon):
    X, y = [], []
    for i in range(len(data) - window - horizon + 1):
        X.append(data[i:i + window])
        y.append(data[i + window:i + window + horizon, 0])
    return np.array(X), np.array(y)


series = make_series()
split = int(len(series) * 0.8)
train, test = series[:split], series[split:]
mean, std = train.mean(axis=0), train.std(axis=0)
train = (train - mean) / std
test = (test - mean) / std

X_train, y_train = create_windows(train, WINDOW, HORIZON)
X_test, y_test = create_windows(test, WINDOW, HORIZON)
print(X_train.shape, y_train.shape, X_test.shape, y_test.shape)

n_features = X_train.shape[2]


def lstm_model():
    m = tf.keras.Sequential()
    m.add(tf.keras.layers.Input(shape=(WINDOW, n_features)))
    m.add(tf.keras.layers.LSTM(16, return_sequences=True))
    m.add(tf.keras.layers.LSTM(8))
    m.add(tf.keras.layers.Dense(HORIZON))
    return m


def conv_model():
    m = tf.keras.Sequential([
        tf.keras.layers.Input(shape=(WINDOW, n_features)),
        tf.keras.layers.Conv1D(16, 3, padding="causal", activation="relu"),
        tf.keras.layers.Conv1D(16, 3, padding="causal", dilation_rate=2, activation="relu"),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(HORIZON),
    ])
    return m


results = {}
for name, builder in {"lstm": lstm_model, "conv": conv_model}.items():
    tf.keras.backend.clear_session()
    model = builder()
    model.compile(loss="mse", optimizer="adam", metrics=["mae"])
    es = tf.keras.callbacks.EarlyStopping(monitor="val_loss", patience=2, restore_best_weights=True)
    model.fit(X_train[:64], y_train[:64], validation_split=0.1, epochs=1, batch_size=32, callbacks=[es], verbose=0)
    y_pred = model.predict(X_test, verbose=0)
    y_pred = y_pred * std[0] + mean[0]
    y_true = y_test * std[0] + mean[0]
    rmse = np.sqrt(np.mean((y_pred - y_true) ** 2, axis=0))
    mape = np.mean(np.abs((y_true - y_pred) / y_true)) * 100
    results[name] = (rmse, mape)

naive = np.repeat(X_test[:, -1:, 0], HORIZON, axis=1)
print("naive mae", np.abs(naive - y_test).mean())
for k, (rmse, mape) in results.items():
    print(f"{k}: {rmse.round(2)} mape={mape:.2f}%")
