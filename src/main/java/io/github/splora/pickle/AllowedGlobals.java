package io.github.splora.pickle;

import io.github.splora.storage.DType;
import java.util.Map;
import java.util.Optional;
import net.razorvine.pickle.IObjectConstructor;
import net.razorvine.pickle.PickleException;

/**
 * The complete list of globals that a pickle may name. A storage class maps to its dtype; a function maps to splora's
 * own code that records its arguments. Nothing else can be reached.
 */
final class AllowedGlobals {

    private static final Map<String, Object> BY_NAME = Map.ofEntries(
            function("collections.OrderedDict", AllowedGlobals::emptyDict),
            function("torch._utils._rebuild_tensor_v2", PickledTensor::rebuilt),
            function("torch._utils._rebuild_parameter", PickledTensor::parameter),
            Map.entry("torch.DoubleStorage", DType.F64),
            Map.entry("torch.FloatStorage", DType.F32),
            Map.entry("torch.HalfStorage", DType.F16),
            Map.entry("torch.BFloat16Storage", DType.BF16),
            Map.entry("torch.LongStorage", DType.I64),
            Map.entry("torch.IntStorage", DType.I32),
            Map.entry("torch.ShortStorage", DType.I16),
            Map.entry("torch.CharStorage", DType.I8),
            Map.entry("torch.ByteStorage", DType.U8),
            Map.entry("torch.BoolStorage", DType.BOOL),
            Map.entry("torch.ComplexFloatStorage", DType.C64));

    private AllowedGlobals() {}

    /** Returns the {@link DType} or {@link IObjectConstructor} for a name of the form {@code module.name}. */
    static Optional<Object> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    private static Map.Entry<String, Object> function(String name, IObjectConstructor constructor) {
        return Map.entry(name, constructor);
    }

    private static Object emptyDict(Object[] arguments) {
        if (arguments.length != 0) {
            throw new PickleException("an OrderedDict is not created empty");
        }
        return new PickledDict();
    }
}
