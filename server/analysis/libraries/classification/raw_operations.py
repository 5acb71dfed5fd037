"""`tf.raw_ops`: the op registry says what each op is (`OpDef.is_stateful`, the types of its inputs and attributes).

A stateless op is a function of its inputs. A stateful one may still be asked in a graph, where it does not run, if it
is about tensors: random numbers, assertions, printing. Two readers of files are registered as stateless
(core/ops/io_ops.cc: ReadFile, MatchingFiles), so names come first.
"""

from __future__ import annotations

from typing import Any

from tensorflow.core.framework import types_pb2
from tensorflow.python.framework import op_def_registry

from .verdicts import CONCRETE, RANDOM, SYMBOLIC, UNCLASSIFIED, Verdict, first, forbidden, rules

_BY_NAME = rules(
    [
        (
            r"(ReadFile|WriteFile|MatchingFiles|Save|SaveV2|SaveSlices|Restore.*|MergeV2Checkpoints|RecordInput|"
            r"LoadAndRemapMatrix|GenerateVocabRemapping|FileSystem.*|DistributedSave|ImportEvent|.*Reader|.*ReaderV2|"
            r"Reader.*|InitializeTableFromTextFile.*|CheckpointsV2|DecodeProtoV2|EncodeProto)",
            forbidden("reads or writes files"),
        ),
        (r"(EagerPyFunc|PyFunc|PyFuncStateless)", forbidden("calls Python of the program")),
        (
            r"(Collective.*|Nccl.*|AllToAll|CrossReplicaSum|Send|Recv|_.*|RemoteCall|Worker.*|Infeed.*|Outfeed.*|"
            r".*Infeed.*|Configure.*|Shutdown.*|.*TPU.*|TPU.*|Tpu.*|Xla.*|SyncDevice|DeviceIndex|.*SparseCore.*|"
            r"GetMinibatch.*|StoreMinibatch.*|ConvertTo(Coo|List|Sparse).*|GlobalIterId|Relayout.*|CopyToMesh.*|"
            r"CudnnRNN.*|FlushSummary.*|SplitDedupData|MergeDedupData|ComputeDedupData.*|DynamicEnqueue.*|"
            r"IsTPUEmbedding.*|Finalize.*|StringToHashBucketMesh|ReadVariableXla.*|AssignVariableXla.*)",
            forbidden("talks to other devices or processes"),
        ),
        (r"(Timestamp|SessionHandle|.*Session.*)", forbidden("reads the state of the process")),
        (r".*(Dataset|Iterator|DatasetV\d|IteratorV\d|DatasetToGraph.*|Optional).*", forbidden("a step of a data set")),
        (r"(Stage.*|Unstage|MapStage|.*Stage|.*Unstage.*|(Ordered)?Map(Clear|Peek|Size|IncompleteSize|Unstage.*))",
         forbidden("a queue inside of the process")),
        (
            r"(Barrier.*|Queue.*|Stack|StackV2|Stack(Push|Pop|Close).*|.*Queue|.*QueueV2|TensorArray.*|Mutex.*|"
            r".*MutexLock|.*HashTable.*|LookupTable.*|InitializeTable.*|.*Accumulator.*|BoostedTrees.*|"
            r"(Add|Take)(Many)?Sparse(To|From)TensorsMap|.*Ref.*(Enter|Exit|Merge|NextIteration|Select|Switch|Identity))",
            forbidden("works on a resource that an earlier call made"),
        ),
        (r"(Enter|Exit|NextIteration|LoopCond|Switch|Merge|ControlTrigger|SwitchN|.*Switch)",
         forbidden("a part of a control flow construct of TensorFlow 1")),
        (r"(Placeholder.*|FakeParam|TemporaryVariable|DestroyTemporaryVariable|VariableShape|Fake.*Queue)",
         forbidden("a part of a graph of TensorFlow 1")),
        (r"(Abort|DebugIdentity.*|DebugNanCount|DebugNumericSummary.*|Copy|CopyHost|DeepCopy|Snapshot|"
         r"StatefulUniform.*|StatefulStandard.*|StatefulRandom.*|StatefulTruncated.*|NonDeterministicInts)",
         forbidden("keeps or changes state")),
    ]
)  # fmt: skip
#: Ops about tensors that are no pure functions of them, or whose refusals depend on bytes.
_IN_GRAPHS = rules(
    [
        (r"(.*Random.*|Multinomial|.*TruncatedNormal|.*CandidateSampler|SampleDistortedBoundingBox.*|.*DropoutMask.*|"
         r"StatelessMultinomial)", RANDOM),
        (r"(Decode(Wav|Gif|Image|Jpeg|Png|Bmp|WebP|Jxl|AndCropJpeg|Compressed|Raw|PaddedRaw|CSV|JSONExample)|"
         r".*Summary|.*SummaryV2|Print|PrintV2|Assert|EncodeWav|CheckNumerics.*|Empty|GuaranteeConst)", SYMBOLIC),
        # Kernels that end the process on arguments that they should refuse.
        (r"(FusedPadConv2D|FusedResizeAndPadConv2D|QuantizeAndDequantize.*|FakeQuantWithMinMax.*|RaggedGather|"
         r"RaggedTensorTo.*|RaggedBincount|Quantized.*|Requantiz.*|Dequantize|QuantizeV2|QuantizeDownAndShrinkRange|"
         r".*Sparse.*Grad.*|SparseSplit|SparseSlice.*|FractionalMaxPoolGrad|FractionalAvgPoolGrad|LSTMBlock.*|BlockLSTM.*|"
         r"GRUBlock.*|.*Grad|.*GradV2|.*GradGrad.*|.*Backprop.*|Uniform(Dequantize|Quantize.*|Requantize))", SYMBOLIC),
    ]
)  # fmt: skip
#: Ops whose shape function says another shape than their kernel gives, for arguments that it does not look at.
_OTHER_SHAPES = frozenset(["ResizeBilinearGrad", "ResizeBicubicGrad", "ResizeNearestNeighborGrad", "ApproxTopK"])


def classify_operation(op: str) -> Verdict:
    """Return the verdict on a raw op of this name."""
    definition: Any = op_def_registry.get(op)
    if definition is None:
        return UNCLASSIFIED
    named = first(_BY_NAME, op)
    if named is not None:
        return named
    arguments = [*definition.input_arg, *definition.output_arg]
    if any(argument.is_ref or argument.type == types_pb2.DT_RESOURCE for argument in arguments):
        return forbidden("works on a resource that an earlier call made")
    if any(attribute.type in ("func", "list(func)") for attribute in definition.attr):
        return forbidden("calls a function that is given as an attribute")
    if op in _OTHER_SHAPES:
        return forbidden("its shape function does not say what its kernel gives")
    asked = first(_IN_GRAPHS, op)
    if asked is not None:
        return asked
    if definition.is_stateful:
        return forbidden("keeps or changes state")
    return SYMBOLIC if any(argument.type == types_pb2.DT_VARIANT for argument in arguments) else CONCRETE
