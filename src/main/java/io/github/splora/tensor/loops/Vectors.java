package io.github.splora.tensor.loops;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the JDK's Vector API can be used. It still incubates: {@code --add-modules} would print a warning at every start,
 * so the launcher only enables the compiler's support, and this class loads the module when a walk first needs it.
 */
public final class Vectors {

    private static final Logger LOG = LoggerFactory.getLogger(Vectors.class);

    /** Set by the launcher together with the options that vectors need: without them the API works, a thousand times slower. */
    private static final String PROPERTY = "splora.vectors";

    private static final String LOOPS = "io.github.splora.tensor.loops.VectorLoops";
    private static final String MODULE = "jdk.incubator.vector";
    /** AVX2. With narrower vectors, the compiler's own do nearly as well. */
    private static final int LEAST_BITS = 256;

    private static final int LEAST_BITS_ON_ARM = 128;

    private Vectors() {}

    /** Returns a factory of vector loops, or empty if this machine has no vectors that are worth using. */
    public static Optional<Supplier<TileLoops>> find() {
        return bits() == 0 ? Optional.empty() : Optional.of(Vectors::made);
    }

    /** Returns the width of the vectors in bits, or 0 if this machine has none that are worth using. */
    public static int bits() {
        if (!isCompiled() || !load()) {
            return 0;
        }
        try {
            int bits = (int) loops().getDeclaredMethod("bits").invoke(null);
            return bits < leastBits() ? 0 : bits;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Without HotSpot's second compiler, or without fused multiply-add, a run would take days. */
    private static boolean isCompiled() {
        return Boolean.getBoolean(PROPERTY)
                && System.getProperty("java.vm.info", "").startsWith("mixed mode")
                && !System.getProperty("java.vm.version", "").contains("jvmci")
                && hasOption("EnableVectorSupport", "true")
                && hasOption("UseFMA", "true")
                && hasOption("TieredStopAtLevel", "4");
    }

    private static boolean hasOption(String name, String value) {
        HotSpotDiagnosticMXBean machine = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        try {
            return machine != null && machine.getVMOption(name).getValue().equals(value);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static int leastBits() {
        return System.getProperty("os.arch").equals("aarch64") ? LEAST_BITS_ON_ARM : LEAST_BITS;
    }

    private static TileLoops made() {
        try {
            return loops().getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** By name, because this class must load where the API, and with it the class of the loops, cannot. */
    private static Class<? extends TileLoops> loops() throws ClassNotFoundException {
        return Class.forName(LOOPS).asSubclass(TileLoops.class);
    }

    /** Adds the API's module to the running JVM, as the JVM itself does for agents. */
    private static boolean load() {
        try {
            Class.forName("jdk.internal.module.Modules")
                    .getMethod("loadModule", String.class)
                    .invoke(null, MODULE);
            return true;
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.debug("module {} does not load; computing without its vectors", MODULE, e);
            return false;
        }
    }
}
