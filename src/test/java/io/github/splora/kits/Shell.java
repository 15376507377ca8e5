package io.github.splora.kits;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A finished process: its exit code and its output. */
record Shell(int code, String out, String err) {

    /** The project folder, regardless of a process's working directory. */
    static final Path HOME = Path.of("").toAbsolutePath();

    /** The test data's path on a command line. */
    static final List<String> MODELS = List.of(
            "--base", HOME.resolve("testdata/tiny-llama/base").toString(),
            "--aligned", HOME.resolve("testdata/tiny-llama/aligned").toString());

    static final String ADAPTER = HOME.resolve("testdata/tiny-llama/adapter").toString();

    /** Returns the environment of {@link #run}, to which callers may add. */
    static Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>(System.getenv());
        environment.put("PATH", HOME.resolve("bin") + ":" + System.getenv("PATH"));
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        // The optimizing compiler does not pay off in runs of about a second.
        environment.put("JAVA_OPTS", "-XX:TieredStopAtLevel=1");
        return environment;
    }

    /** Runs a command in a folder with exactly this environment. */
    static Shell run(Path folder, Map<String, String> environment, List<String> command) throws Exception {
        Path out = Files.createTempFile("splora", ".out");
        Path err = Files.createTempFile("splora", ".err");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().clear();
            builder.environment().putAll(environment);
            Process process = builder.start();
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new IOException("still running after two minutes: " + command);
            }
            return new Shell(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /** Whether a program is on this machine's {@code PATH}. */
    static boolean has(String program) {
        try {
            return run(HOME, environment(), List.of("sh", "-c", "command -v " + program))
                            .code()
                    == 0;
        } catch (Exception e) {
            return false;
        }
    }

    /** Runs {@code bin/splora} with the test data's models and {@code more}. */
    static Shell splora(Path folder, String command, String... more) throws Exception {
        List<String> words = new ArrayList<>(List.of(HOME.resolve("bin/splora").toString(), command));
        words.addAll(MODELS);
        words.addAll(List.of(more));
        return run(folder, environment(), words);
    }
}
