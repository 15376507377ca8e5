package io.github.splora.spark.hadoop;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * What is known of files and folders for a while. One listing of a folder answers all questions about what is in it, each of which
 * would otherwise be a request or two to an object store.
 */
final class StatusCache {

    /** Folders to remember; a task has fewer adapters open at a time. */
    private static final int MOST_FOLDERS = 1000;

    /** What was found at a location; null in place of a list for a file, in place of both for nothing. */
    private record Found(@Nullable FileStatus status, @Nullable Map<String, FileStatus> children) {

        private static final Found NOTHING = new Found(null, null);
    }

    private final Map<Path, Found> known = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Path, Found> eldest) {
            return size() > MOST_FOLDERS;
        }
    };

    /**
     * Returns what is at a location.
     *
     * @throws FileNotFoundException if there is nothing
     */
    synchronized FileStatus status(HadoopPath path) throws IOException {
        Path wanted = path.toHadoop();
        FileStatus status = found(path, wanted).status();
        if (status == null) {
            throw new FileNotFoundException(wanted.toString());
        }
        return status;
    }

    /** Forgets everything: the next questions are about now. */
    synchronized void clear() {
        known.clear();
    }

    private Found found(HadoopPath path, Path wanted) throws IOException {
        Found own = known.get(wanted);
        if (own != null) {
            return own;
        }
        Path child = wanted;
        for (Path parent = wanted.getParent(); parent != null; child = parent, parent = parent.getParent()) {
            Found above = known.get(parent);
            if (above == null) {
                continue;
            }
            FileStatus listed =
                    above.children() == null ? null : above.children().get(child.getName());
            if (listed == null || (!listed.isDirectory() && !child.equals(wanted))) {
                return Found.NOTHING;
            }
            if (!listed.isDirectory()) {
                return new Found(listed, null);
            }
            break;
        }
        Found asked = ask(path, wanted);
        known.put(wanted, asked);
        return asked;
    }

    private static Found ask(HadoopPath path, Path wanted) throws IOException {
        FileStatus[] entries;
        try {
            // Of a file, this returns its own status.
            entries = path.system().files().listStatus(wanted);
        } catch (FileNotFoundException e) {
            return Found.NOTHING;
        }
        if (entries.length == 1 && entries[0].isFile() && entries[0].getPath().equals(wanted)) {
            return new Found(entries[0], null);
        }
        Map<String, FileStatus> children = new HashMap<>();
        for (FileStatus entry : entries) {
            children.put(entry.getPath().getName(), entry);
        }
        return new Found(new FileStatus(0, true, 0, 0, 0, wanted), children);
    }
}
