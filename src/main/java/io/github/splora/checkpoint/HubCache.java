package io.github.splora.checkpoint;

import io.github.splora.error.BadInputException;
import io.github.splora.error.Printable;
import io.github.splora.error.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Resolves a path, or a hub id ({@code org/name}, optionally {@code org/name/folder} and {@code @revision}) in the local
 * Hugging Face cache. Never downloads anything.
 *
 * <p>Layout: {@code models--org--name/refs/<revision>} holds a commit hash, {@code snapshots/<commit>/} that commit's
 * files.
 *
 * @param folder the cache folder; {@code ~/.cache/huggingface/hub} unless the environment sets another
 * @see <a href="https://huggingface.co/docs/huggingface_hub/guides/manage-cache">The cache's layout</a>
 */
public record HubCache(Path folder) {

    private static final Pattern HUB_ID =
            Pattern.compile("(?<id>[A-Za-z0-9][\\w.-]*(?:/[A-Za-z0-9][\\w.-]*)?)(?<sub>(?:/\\w[\\w.-]*)*)"
                    + "(?:@(?<revision>[\\w./-]+))?");
    private static final Pattern ID = Pattern.compile("[\\w-][\\w.-]*/[\\w-][\\w.-]*");
    /** A repository's folder in a cache. */
    private static final Pattern REPOSITORY = Pattern.compile("models--(?<org>.+?)--(?<name>.+)");

    /** No name on the hub, with a folder and a revision, is longer; the names come from adapters' configs, too. */
    private static final int LONGEST_NAME = 1000;

    private static final int MAX_DEPTH = 4;
    private static final int MAX_NAMED = 20;
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

    /** A variable in a value, as Python's {@code os.path.expandvars} reads it. */
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:(?<plain>\\w+)|\\{(?<braced>[^}]*)\\})");

    /**
     * Returns the cache that Hugging Face's own libraries would use in this environment: {@code HF_HUB_CACHE}, else
     * {@code HUGGINGFACE_HUB_CACHE}, else {@code hub} in {@code HF_HOME}. A leading {@code ~} and variables in these values
     * are expanded.
     *
     * @see <a href="https://github.com/huggingface/huggingface_hub/blob/main/src/huggingface_hub/constants.py">
     *     huggingface_hub's constants</a>
     */
    public static HubCache of(Map<String, String> environment) {
        return folder(environment, "HF_HUB_CACHE", "")
                .or(() -> folder(environment, "HUGGINGFACE_HUB_CACHE", ""))
                .or(() -> folder(environment, "HF_HOME", "hub"))
                .or(() -> folder(environment, "XDG_CACHE_HOME", "huggingface/hub"))
                .map(HubCache::new)
                .orElseGet(() -> new HubCache(home(environment).resolve(".cache/huggingface/hub")));
    }

    private static Optional<Path> folder(Map<String, String> environment, String variable, String below) {
        String value = environment.getOrDefault(variable, "");
        return value.isEmpty()
                ? Optional.empty()
                : Optional.of(Path.of(expanded(value, environment)).resolve(below));
    }

    /** Expands a leading {@code ~}, then variables; unknown variables stay as they are. */
    private static String expanded(String value, Map<String, String> environment) {
        boolean isInHome = value.equals("~") || value.startsWith("~/");
        String path = isInHome ? home(environment) + value.substring(1) : value;
        return VARIABLE.matcher(path).replaceAll(match -> {
            String name = match.group(1) == null ? match.group(2) : match.group(1);
            return Matcher.quoteReplacement(environment.getOrDefault(name, match.group()));
        });
    }

    private static Path home(Map<String, String> environment) {
        return Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")));
    }

    /** Whether a name can be that of a model on the hub, {@code org/name}. */
    public static boolean isId(String name) {
        return name.length() <= LONGEST_NAME && ID.matcher(name).matches();
    }

    /** Returns the command that fetches what splora reads of a repository on the hub: no pickles, and no copies in other formats. */
    public static String download(String id) {
        return "hf download " + id + " --include '*.safetensors' '*.json'";
    }

    /** Returns the hub id of the model that a folder belongs to; empty if it is in no cache. */
    public static Optional<String> idOf(Path folder) {
        for (Path part : folder) {
            Matcher repository = REPOSITORY.matcher(part.toString());
            if (repository.matches()) {
                return Optional.of(repository.group("org") + "/" + repository.group("name"));
            }
        }
        return Optional.empty();
    }

    /** Returns the commit that a file or folder in a cache belongs to; empty if it is in no cache. */
    public static Optional<String> commitOf(Path location) {
        for (int i = 0; i + 2 < location.getNameCount(); i++) {
            String commit = location.getName(i + 2).toString();
            if (REPOSITORY.matcher(location.getName(i).toString()).matches()
                    && location.getName(i + 1).toString().equals("snapshots")
                    && COMMIT.matcher(commit).matches()) {
                return Optional.of(commit);
            }
        }
        return Optional.empty();
    }

    /**
     * Returns the file or folder that {@code name} refers to.
     *
     * @param name a path or a hub id
     * @param revision branch, tag or commit for a hub id without {@code @revision}
     * @throws BadInputException if there is no such path and no such model in the cache; the message says where it
     *     looked
     */
    public Path resolve(String name, String revision) {
        Optional<Path> path = FileNames.toLocation(name).filter(each -> !name.isBlank() && Files.exists(each));
        if (path.isPresent()) {
            return path.get();
        }
        Matcher id = HUB_ID.matcher(name);
        if (name.length() > LONGEST_NAME
                || !id.matches()
                || (!id.group("sub").isEmpty() && !Files.isDirectory(repository(id.group("id"))))) {
            throw new BadInputException(
                    List.of(new Problem("'" + Printable.text(name) + "'", null, null, "no such file or folder")));
        }
        String wanted = id.group("revision") == null ? revision : id.group("revision");
        Path snapshot = snapshot(id.group("id"), wanted);
        return id.group("sub").isEmpty()
                ? snapshot
                : inside(snapshot, id.group("sub").substring(1), name);
    }

    private static Path inside(Path snapshot, String sub, String name) {
        Path inside = snapshot.resolve(sub);
        if (!Files.exists(inside)) {
            throw new BadInputException(List.of(new Problem(
                    "'" + name + "'",
                    null,
                    null,
                    "the cached repository (" + snapshot + ") has no '" + sub + "'; its adapters are "
                            + adaptersIn(snapshot))));
        }
        return inside;
    }

    /** Returns the names of the folders in a snapshot that hold adapters, as users write them after the hub id. */
    private static List<String> adaptersIn(Path snapshot) {
        try (Stream<Path> tree =
                Files.find(snapshot, MAX_DEPTH, (file, attributes) -> file.endsWith("adapter_config.json"))) {
            return tree.map(config -> snapshot.relativize(config).getParent())
                    .map(folder -> folder == null ? "." : folder.toString())
                    .sorted()
                    .limit(MAX_NAMED)
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }

    private Path repository(String id) {
        return folder.resolve("models--" + id.replace("/", "--"));
    }

    /** Returns the folder of a model's main revision; empty if it is not in the cache. */
    public Optional<Path> cached(String id) {
        try {
            return Optional.of(snapshot(id, "main"));
        } catch (BadInputException e) {
            return Optional.empty();
        }
    }

    private Path snapshot(String id, String revision) {
        Path repository = repository(id);
        if (!Files.isDirectory(repository)) {
            throw new BadInputException(List.of(new Problem(
                    "'" + id + "'",
                    null,
                    null,
                    "no such file or folder, and not in the local Hugging Face cache (" + folder
                            + "); splora downloads nothing: fetch it first with: " + download(id))));
        }
        Path snapshot = repository.resolve("snapshots").resolve(commit(repository, id, revision));
        if (!Files.isDirectory(snapshot)) {
            throw new BadInputException(List.of(new Problem(
                    "'" + id + "'",
                    "revision",
                    revision,
                    "not in the local Hugging Face cache (" + repository + "); fetch it with: " + download(id)
                            + " --revision " + revision)));
        }
        return snapshot;
    }

    private static String commit(Path repository, String id, String revision) {
        if (COMMIT.matcher(revision).matches()) {
            return revision;
        }
        Path refs = repository.resolve("refs").normalize();
        Path ref = refs.resolve(revision).normalize();
        try {
            if (ref.startsWith(refs) && Files.isRegularFile(ref)) {
                String commit = Files.readString(ref).strip();
                if (COMMIT.matcher(commit).matches()) {
                    return commit;
                }
                throw new BadInputException(ref, null, commit, "must contain a commit hash of 40 hexadecimal digits");
            }
        } catch (IOException e) {
            throw new BadInputException(ref, null, null, "cannot be read: " + e.getMessage(), e);
        }
        throw new BadInputException(List.of(new Problem(
                "'" + id + "'",
                "revision",
                revision,
                "not in the local Hugging Face cache (" + repository + "); fetch it with: " + download(id)
                        + " --revision " + revision)));
    }
}
