package io.github.splora.tensor.loops;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether the JDK's Vector API can be used. It still incubates: {@code --add-modules} would make every start print a
 * warning, so the launcher only switches the compiler's part on, and the module is loaded here when a walk first wants it.
 */
public final class Vectors {

    /** Set by the launcher, together with the options that are needed: without them the API works, a thousand times slower. */
    private static final String PROPERTY = "splora.vectors";

    private static final String LOOPS = "io.github.splora.tensor.loops.VectorLoops";
    private static final String MODULE = "jdk.incubator.vector";
    /** AVX2; what is narrower leaves most to the compiler's own vectors. */
    private static final int LEAST_BITS = 256;

    private static final int LEAST_BITS_ON_ARM = 128;

    private Vectors() {}

    /** A maker of {@link TileLoops}, if there are vectors that are worth it. */
    public static Optional<Supplier<TileLoops>> find() {
        return bits() == 0 ? Optional.empty() : Optional.of(Vectors::made);
    }

    /** How wide they are; 0 if there are none that are worth it. */
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

    /** Without HotSpot's second compiler, or without fused multiplication and addition, a run would take days. */
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

    /** By name: this class must load where the API, and with it that class, cannot. */
    private static Class<? extends TileLoops> loops() throws ClassNotFoundException {
        return Class.forName(LOOPS).asSubclass(TileLoops.class);
    }

    /** Adds the module to those that were there at the start, as the virtual machine itself does for agents. */
    private static boolean load() {
        try {
            Class.forName("jdk.internal.module.Modules")
                    .getMethod("loadModule", String.class)
                    .invoke(null, MODULE);
            return true;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return false;
        }
    }
}
