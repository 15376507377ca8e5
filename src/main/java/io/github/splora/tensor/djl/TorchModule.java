package io.github.splora.tensor.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.stream.Stream;

/**
 * The methods of the TorchScript module {@code gpu.pt}, which {@code scripts/make_gpu_module.py} creates and explains.
 * The module is stateless and safe for concurrent use.
 */
final class TorchModule {

    private static final String RESOURCE = "gpu.pt";

    private final PtSymbolBlock block;

    private TorchModule(PtSymbolBlock block) {
        this.block = block;
    }

    /** @param owner scope that owns the module; must stay open as long as the module is used */
    static TorchModule load(NDManager owner) {
        try (InputStream in = TorchModule.class.getResourceAsStream(RESOURCE)) {
            return new TorchModule(JniUtils.loadModule((PtNDManager) owner, in, false, false));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Makes the calling thread interpret methods. Each is called only a few times, so compiling kernels for them, as
     * libtorch would otherwise do on a GPU, costs more than it saves.
     */
    static void interpretOnThisThread() {
        JniUtils.setGraphExecutorOptimize(false);
    }

    /** Calls a method that returns an array and attaches the array to {@code scope}. */
    NDArray make(NDManager scope, String method, Object... arguments) {
        try (IValue result = call(method, arguments)) {
            return result.toTensor((PtNDManager) scope);
        }
    }

    /** Calls a method that modifies its arguments in place. */
    void change(String method, Object... arguments) {
        call(method, arguments).close();
    }

    private IValue call(String method, Object... arguments) {
        IValue[] values = Stream.of(arguments).map(TorchModule::value).toArray(IValue[]::new);
        try {
            return IValueUtils.runMethod(block, method, values);
        } finally {
            Stream.of(values).forEach(IValue::close);
        }
    }

    private static IValue value(Object argument) {
        if (argument instanceof PtNDArray array) {
            return IValue.from(array);
        } else if (argument instanceof PtNDArray[] arrays) {
            return IValue.listFrom(arrays);
        } else if (argument instanceof long[] numbers) {
            return IValue.listFrom(numbers);
        } else if (argument instanceof boolean[] bools) {
            return IValue.listFrom(bools);
        } else if (argument instanceof Number number) {
            return IValue.from(number.longValue());
        } else if (argument instanceof Boolean bool) {
            return IValue.from(bool);
        }
        return IValue.from((String) argument);
    }
}
