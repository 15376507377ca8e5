package io.github.splora.sweep;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All processes that a command starts, those included that go on in the background after their parent has ended. On Linux they
 * are recognized by a variable in their environment, elsewhere by having been seen among the command's descendants.
 */
final class Offspring {

    private static final String VARIABLE = "SPLORA_EVALUATION";
    /** A process may start others while it is being stopped. */
    private static final int ROUNDS = 10;

    private final String mark;
    private final Set<ProcessHandle> seen = ConcurrentHashMap.newKeySet();

    private Offspring(String value) {
        this.mark = VARIABLE + "=" + value;
    }

    /** Marks what a builder will start. */
    static Offspring of(ProcessBuilder builder) {
        String value = UUID.randomUUID().toString();
        builder.environment().put(VARIABLE, value);
        return new Offspring(value);
    }

    /** Remembers the present descendants, which are no longer descendants once a process between has ended. */
    void remember(Process process) {
        process.descendants().forEach(seen::add);
    }

    /** Ends the process and everything that it started. */
    void stop(Process process) {
        for (int round = 0; round < ROUNDS; round++) {
            remember(process);
            process.destroyForcibly();
            List<ProcessHandle> alive = new ArrayList<>(marked());
            alive.addAll(seen);
            alive.removeIf(each -> !each.isAlive());
            if (alive.isEmpty()) {
                return;
            }
            alive.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private List<ProcessHandle> marked() {
        List<ProcessHandle> marked = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path entry : entries) {
                if (isMarked(entry)) {
                    ProcessHandle.of(Long.parseLong(entry.getFileName().toString()))
                            .ifPresent(marked::add);
                }
            }
        } catch (IOException e) {
            // Not on this system.
        }
        return marked;
    }

    private boolean isMarked(Path entry) {
        try {
            String environment = new String(Files.readAllBytes(entry.resolve("environ")), StandardCharsets.ISO_8859_1);
            return ('\0' + environment).contains('\0' + mark + '\0');
        } catch (IOException e) {
            // Another user's, or ended.
            return false;
        }
    }
}
