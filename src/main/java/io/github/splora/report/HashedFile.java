package io.github.splora.report;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file and its hash.
 *
 * @param name its name within its folder
 * @param bytes its size
 * @param sha256 SHA-256 of its bytes, in hexadecimal
 */
public record HashedFile(String name, long bytes, String sha256) implements Serializable {

    static boolean areWhole(@Nullable List<HashedFile> files) {
        return files != null
                && files.stream().allMatch(each -> each != null && each.name != null && each.sha256 != null);
    }
}
