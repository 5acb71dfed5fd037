"""Skip-gram with negative sampling."""
import numpy as np
import tensorflow as tf

SEED = 42
sentences = ["the wide road shimmered in the hot sun", "the cold moon over the wide sea", "a hot road in the sun"]
vocab, index = {"<pad>": 0}, 1
for sentence in sentences:
    for token in sentence.lower().split():
        if token not in vocab:
            vocab[token] = index
            index += 1
inverse_vocab = {i: token for token, i in vocab.items()}
vocab_size = len(vocab)
sequences = [[vocab[w] for w in s.split()] for s in sentences]


def skipgrams(sequence, window):
    pairs = []
    for i, word in enumerate(sequence):
        for j in range(max(0, i - window), min(len(sequence), i + window + 1)):
            if i != j:
                pairs.append((word, sequence[j]))
    return pairs


num_ns = 4
targets, contexts, labels = [], [], []
for seq in sequences:
    for target_word, context_word in skipgrams(seq, 2):
        context_class = tf.expand_dims(tf.constant([context_word], dtype="int64"), 1)
        negative, _, _ = tf.random.log_uniform_candidate_sampler(
            true_classes=context_class, num_true=1, num_sampled=num_ns, unique=True, range_max=vocab_size, seed=SEED)
        context = tf.concat([tf.squeeze(context_class, 1), negative], 0)
        label = tf.constant([1] + [0] * num_ns, dtype="int64")
        targets.append(target_word)
        contexts.append(context)
        labels.append(label)
targets, contexts, labels = np.array(targets), np.array(contexts), np.array(labels)
print(targets.shape, contexts.shape, labels.shape)
dataset = tf.data.Dataset.from_tensor_slices(((targets, contexts), labels)).shuffle(100).batch(16, drop_remainder=True)


class Word2Vec(tf.keras.Model):
    def __init__(self, vocab_size, embedding_dim):
        super().__init__()
        self.target_embedding = tf.keras.layers.Embedding(vocab_size, embedding_dim, name="w2v_embedding")
        self.context_embedding = tf.keras.layers.Embedding(vocab_size, embedding_dim)

    def call(self, pair):
        target, context = pair
        if len(target.shape) == 2:
            target = tf.squeeze(target, axis=1)
        word_emb = self.target_embedding(target)
        context_emb = self.context_embedding(context)
        return tf.einsum("be,bce->bc", word_emb, context_emb)


word2vec = Word2Vec(vocab_size, 8)
word2vec.compile("adam", tf.keras.losses.CategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
word2vec.fit(dataset, epochs=1, verbose=0)
weights = word2vec.get_layer("w2v_embedding").get_weights()[0]
unit = weights / np.linalg.norm(weights, axis=1, keepdims=True)
nearest = (unit @ unit[vocab["road"]]).argsort()[::-1][1:4]
print([inverse_vocab[int(i)] for i in nearest])
