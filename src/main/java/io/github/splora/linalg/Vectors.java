package io.github.splora.linalg;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Constructor;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the JDK's Vector API can be used. It still incubates: {@code --add-modules} would print a warning at every start,
 * so the launcher only enables the compiler's support, and this class loads the module when it is first needed. Classes that use
 * the API are found by name, because everything else must load where the API cannot.
 */
public final class Vectors {

    private static final Logger LOG = LoggerFactory.getLogger(Vectors.class);

    /** Set by the launcher together with the options that vectors need: without them the API works, a thousand times slower. */
    private static final String PROPERTY = "splora.vectors";

    private static final String LOOPS = "io.github.splora.linalg.VectorRowLoops";
    private static final String MODULE = "jdk.incubator.vector";
    /** AVX2. With narrower vectors, the compiler's own do nearly as well. */
    private static final int LEAST_BITS = 256;

    private static final int LEAST_BITS_ON_ARM = 128;

    private Vectors() {}

    /**
     * Returns a factory of objects that compute with vectors, or empty if this machine has no vectors that are worth using.
     *
     * @param type what the class implements
     * @param name of a class with a constructor that has no parameters
     */
    public static <T> Optional<Supplier<T>> find(Class<T> type, String name) {
        return bits() == 0 ? Optional.empty() : Optional.of(() -> made(type, name));
    }

    /** Returns the width of the vectors in bits, or 0 if this machine has none that are worth using. */
    public static int bits() {
        if (!isCompiled() || !load()) {
            return 0;
        }
        try {
            int bits = (int) Class.forName(LOOPS).getDeclaredMethod("bits").invoke(null);
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

    private static <T> T made(Class<T> type, String name) {
        try {
            Constructor<?> constructor = Class.forName(name).getDeclaredConstructor();
            constructor.setAccessible(true);
            return type.cast(constructor.newInstance());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Adds the API's module to the running JVM, as the JVM itself does for agents, unless it has been started with it. */
    private static boolean load() {
        if (ModuleLayer.boot().findModule(MODULE).isPresent()) {
            return true;
        }
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
