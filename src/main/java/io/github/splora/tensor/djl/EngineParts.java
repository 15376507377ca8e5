package io.github.splora.tensor.djl;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Whether the optional part of splora that computes with PyTorch is installed: DJL's jars. Nothing else in this package may be
 * used where it is not. This class refers to none of DJL's, so it loads without them.
 */
public final class EngineParts {

    private EngineParts() {}

    /** Whether DJL is on the class path. */
    public static boolean areInstalled() {
        return areInstalled(EngineParts.class.getClassLoader());
    }

    static boolean areInstalled(ClassLoader classPath) {
        try {
            Class.forName("ai.djl.engine.Engine", false, classPath);
            Class.forName("ai.djl.pytorch.engine.PtEngine", false, classPath);
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /** Returns how to add the part, as a clause without a final period. */
    public static String howToAdd() {
        String home = System.getProperty("splora.home", "splora's folder");
        return "download splora-pytorch-VERSION-PLATFORM.tar.gz of the same release as splora and unpack it in " + home
                + ", where it becomes the folder engine";
    }

    /**
     * Requires the part.
     *
     * @param option that needs it, such as {@code --kernel djl}
     * @throws UncheckedIOException if it is not installed, with what to do
     */
    public static void require(String option) {
        if (!areInstalled()) {
            throw new UncheckedIOException(new IOException(option
                    + " needs PyTorch, which is not installed with this splora: "
                    + howToAdd() + ", or leave the option out to compute on the CPU"));
        }
    }
}
