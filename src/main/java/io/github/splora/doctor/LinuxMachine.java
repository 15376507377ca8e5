package io.github.splora.doctor;

import io.github.splora.backend.NvidiaCards;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A machine seen through Linux's files and {@code nvidia-smi}. On other systems, facts from missing sources are absent.
 */
final class LinuxMachine implements Machine {

    /** Prints one line per card: name, driver version. */
    private static final List<String> ASK_DRIVER =
            List.of("nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader");

    private static final long PATIENCE_SECONDS = 15;
    private static final Pattern DRIVER = Pattern.compile("Kernel Module(?: for \\S+)?\\s+(\\d[\\d.]*)");
    private static final Pattern CPU = Pattern.compile("(?m)^model name\\s*:\\s*(.+)$");
    private static final List<String> LIBRARY_FOLDERS = List.of(
            "/usr/lib/x86_64-linux-gnu",
            "/usr/lib/aarch64-linux-gnu",
            "/usr/lib64",
            "/usr/lib",
            "/usr/local/nvidia/lib64",
            "/usr/lib/wsl/lib",
            "/usr/local/cuda/compat");

    private final Path root;
    private final List<String> smi;

    /**
     * @param root root of the system's files
     * @param askDriver the command that queries the driver
     */
    LinuxMachine(Path root, List<String> askDriver) {
        this.root = root;
        this.smi = answer(askDriver);
    }

    LinuxMachine() {
        this(Path.of("/"), ASK_DRIVER);
    }

    @Override
    public String cpu() {
        Matcher name = CPU.matcher(read("proc/cpuinfo"));
        return name.find() ? name.group(1).strip() : System.getProperty("os.arch");
    }

    @Override
    public List<String> cards() {
        if (!smi.isEmpty()) {
            return smi.stream().map(line -> line.split(",", 2)[0].strip()).toList();
        }
        try {
            return NvidiaCards.addresses(root).stream()
                    .map(address -> "NVIDIA card at " + address)
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    @Override
    public Optional<String> driver() {
        Optional<String> told = smi.stream().findFirst().map(line -> line.substring(line.lastIndexOf(',') + 1)
                .strip());
        Matcher loaded = DRIVER.matcher(read("proc/driver/nvidia/version"));
        return told.or(() -> loaded.find() ? Optional.of(loaded.group(1)) : Optional.empty());
    }

    @Override
    public boolean hasLibcuda() {
        String named = System.getenv().getOrDefault("LD_LIBRARY_PATH", "");
        return Stream.concat(
                        LIBRARY_FOLDERS.stream(), Stream.of(named.split(":")).filter(each -> !each.isEmpty()))
                .map(folder -> root.resolve(folder.replaceFirst("^/", "")))
                .anyMatch(folder -> Files.exists(folder.resolve("libcuda.so.1")));
    }

    /** Returns the command's output lines; empty if it is missing, fails or times out. */
    private static List<String> answer(List<String> command) {
        Path output = null;
        try {
            output = Files.createTempFile("splora-doctor", ".txt");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return List.of();
            }
            return process.exitValue() != 0
                    ? List.of()
                    : Files.readAllLines(output).stream()
                            .filter(line -> line.contains(","))
                            .toList();
        } catch (IOException e) {
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        } finally {
            delete(output);
        }
    }

    private static void delete(@Nullable Path file) {
        if (file == null) {
            return;
        }
        try {
            Files.delete(file);
        } catch (IOException e) {
            file.toFile().deleteOnExit();
        }
    }

    private String read(String file) {
        return read(root.resolve(file));
    }

    private static String read(Path file) {
        try {
            return Files.isReadable(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            return "";
        }
    }
}
