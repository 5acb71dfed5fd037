"""Objects that are kept by their recipe (`libraries.recipes`): what makes them is asked, though it has state."""

from __future__ import annotations

from ..classification import modelled

_BY = "kept by its recipe, and made anew where it is asked something"
_FEATURES = ("FixedLenFeature", "FixedLenSequenceFeature", "VarLenFeature", "SparseFeature", "RaggedFeature")
_MESSAGES = ("Example", "SequenceExample", "Features", "Feature", "FeatureList", "FeatureLists")
_LISTS = ("BytesList", "FloatList", "Int64List")
_PARSERS = ("parse_example", "parse_single_example", "parse_sequence_example", "parse_single_sequence_example")
_V1 = ("truncated_normal", "variance_scaling", "orthogonal", "glorot_uniform", "glorot_normal", "uniform_unit_scaling")

modelled.register(
    *(f"tensorflow.{kind}_initializer" for kind in ("zeros", "ones", "constant", "random_uniform", "random_normal")),
    *(f"tensorflow.compat.v1.{kind}_initializer" for kind in ("zeros", "ones", "constant", "random_uniform")),
    *(f"tensorflow.compat.v1.{kind}_initializer" for kind in ("random_normal", *_V1)),
    "tensorflow.experimental.RowPartition.*",
    "tensorflow.experimental.DynamicRaggedShape",
    "tensorflow.experimental.DynamicRaggedShape.from_*",
    "tensorflow.data.experimental.DatasetInitializer",
    "tensorflow.lookup.KeyValueTensorInitializer",
    "tensorflow.lookup.StaticHashTable",
    "tensorflow.lookup.StaticVocabularyTable",
    "tensorflow.lookup.TextFileInitializer",
    "tensorflow.lookup.experimental.*",
    by=_BY,
    asks="concrete",
)
modelled.register(
    *(f"numpy.random.{name}" for name in ("default_rng", "Generator", "RandomState", "SeedSequence")),
    *(f"numpy.random.{name}" for name in ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")),
    by=_BY,
    asks="symbolic",
)
modelled.register("tensorflow.io.decode_proto", by="gives the dtypes that are asked for")
modelled.register("tensorflow.random.create_rng_state", by="computes a state of a seed", asks="concrete")
modelled.register("tensorflow.random.experimental.create_rng_state", by="computes a state of a seed", asks="concrete")
modelled.register(
    "tensorflow.random.get_global_generator",
    "tensorflow.random.experimental.get_global_generator",
    by="a generator of unknown state",
)
modelled.register(
    "tensorflow.random.Generator",
    "tensorflow.random.Generator.from_*",
    "tensorflow.random.experimental.Generator",
    "tensorflow.random.experimental.Generator.from_*",
    "tensorflow.queue.*",
    by=_BY,
    asks="symbolic",
)
modelled.register(
    *(f"tensorflow.io.{name}" for name in _FEATURES),
    "tensorflow.io.RaggedFeature.*",
    *(f"tensorflow.train.{name}" for name in (*_MESSAGES, *_LISTS)),
    by=_BY,
    asks="concrete",
)
modelled.register(*(f"tensorflow.io.{name}" for name in _PARSERS), by="parsed by a description", asks="concrete")
