"""Sentences of different lengths as ragged tensors, bags of words as sparse ones."""
import numpy as np
import tensorflow as tf

queries = tf.constant(["Who is Dan Smith", "Pause", "Will it rain later today", "Play some music"])
num_buckets, embedding_size = 64, 4
embedding_table = tf.Variable(tf.random.truncated_normal([num_buckets, embedding_size], stddev=1.0 / 2))
word_batch = tf.strings.split(queries)
word_buckets = tf.strings.to_hash_bucket_fast(word_batch, num_buckets)
word_embeddings = tf.nn.embedding_lookup(embedding_table, word_buckets)
marker = tf.fill([word_batch.nrows(), 1], "#")
padded = tf.concat([marker, word_batch, marker], axis=1)
bigrams = tf.strings.join([padded[:, :-1], padded[:, 1:]], separator="+")
bigram_buckets = tf.strings.to_hash_bucket_fast(bigrams, num_buckets)
bigram_embeddings = tf.nn.embedding_lookup(embedding_table, bigram_buckets)
all_embeddings = tf.concat([word_embeddings, bigram_embeddings], axis=1)
avg_embedding = tf.reduce_mean(all_embeddings, axis=1)
print(avg_embedding.shape, word_batch.row_lengths().numpy())

labels = tf.constant([[1.0], [0.0], [1.0], [0.0]])
W = tf.Variable(tf.zeros([embedding_size, 1]))
for step in range(3):
    with tf.GradientTape() as tape:
        vectors = tf.reduce_mean(tf.nn.embedding_lookup(embedding_table, word_buckets), axis=1)
        logits = tf.matmul(vectors, W)
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits))
    grad = tape.gradient(loss, W)
    W.assign_sub(0.5 * grad)
    print(step, loss.numpy())

dense = word_buckets.to_tensor(default_value=0)
mask = tf.sequence_mask(word_buckets.row_lengths(), maxlen=dense.shape[1])
print(dense.shape, mask.shape)

rows = np.array([0, 0, 1, 2, 3, 3])
cols = np.array([1, 5, 2, 0, 7, 9])
counts = np.array([1.0, 2.0, 1.0, 1.0, 3.0, 1.0], dtype=np.float32)
bag = tf.sparse.SparseTensor(indices=np.stack([rows, cols], axis=1), values=counts, dense_shape=[4, 10])
kernel = tf.Variable(tf.random.normal([10, 3]))
scores = tf.sparse.sparse_dense_matmul(bag, kernel)
print(scores.shape, tf.sparse.reduce_sum(bag, axis=1).numpy())
as_dense = tf.sparse.to_dense(bag)
idf = tf.math.log(4.0 / (1.0 + tf.reduce_sum(tf.cast(as_dense > 0, tf.float32), axis=0)))
tfidf = as_dense * idf
model = tf.keras.Sequential([tf.keras.layers.Dense(4, "relu"), tf.keras.layers.Dense(1, "sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(tfidf, labels, epochs=1, verbose=0)
ds = tf.data.Dataset.from_tensor_slices(word_buckets).map(lambda r: tf.cast(tf.size(r), tf.int32))
print([int(n) for n in ds])
