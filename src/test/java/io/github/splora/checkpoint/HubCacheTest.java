package io.github.splora.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.testing.Refusal;
import io.github.splora.testing.TinyCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HubCacheTest {

    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final String OTHER_COMMIT = "fedcba9876543210fedcba9876543210fedcba98";

    @TempDir
    Path folder;

    private HubCache cache;
    private Path repository;
    private Path snapshot;

    @BeforeEach
    void layOutARepository() throws IOException {
        cache = new HubCache(folder.resolve("hub"));
        repository = folder.resolve("hub/models--org--tiny-model");
        snapshot = Files.createDirectories(repository.resolve("snapshots").resolve(COMMIT));
        ref("main", COMMIT);
    }

    @Test
    void isWhereHfHubCacheSays() {
        assertThat(HubCache.of(Map.of("HF_HUB_CACHE", "/a/b", "HF_HOME", "/c")).folder())
                .isEqualTo(Path.of("/a/b"));
    }

    @Test
    void isTheHubOfHfHome() {
        assertThat(HubCache.of(Map.of("HF_HOME", "/c")).folder()).isEqualTo(Path.of("/c/hub"));
        assertThat(HubCache.of(Map.of("HF_HUB_CACHE", "", "HF_HOME", "/c")).folder())
                .isEqualTo(Path.of("/c/hub"));
    }

    /** As huggingface_hub 1.33 resolves them. */
    @ParameterizedTest
    @CsvSource({
        "HUGGINGFACE_HUB_CACHE=/b HF_HOME=/c, /b",
        "HF_HUB_CACHE=/a HUGGINGFACE_HUB_CACHE=/b, /a",
        "HF_HOME=$ROOT/hf ROOT=/r, /r/hf/hub",
        "HF_HOME=${ROOT}x ROOT=/r, /rx/hub",
        "HF_HUB_CACHE=$ROOT ROOT=/r, /r",
        "HUGGINGFACE_HUB_CACHE=~/c/$USER HOME=/home/me USER=me, /home/me/c/me",
        "HF_HUB_CACHE=~ HOME=/home/me, /home/me",
        "HF_HUB_CACHE=/a/$UNKNOWN/${NOPE}, /a/$UNKNOWN/${NOPE}",
        "HF_HUB_CACHE=$A A=$B B=/x, $B",
        "TRANSFORMERS_CACHE=/t HOME=/home/me, /home/me/.cache/huggingface/hub",
        "XDG_CACHE_HOME=$ROOT ROOT=/r, /r/huggingface/hub"
    })
    void isWherePythonsLibraryLooks(String variables, Path expected) {
        Map<String, String> environment = Stream.of(variables.split(" "))
                .map(each -> each.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        assertThat(HubCache.of(environment).folder()).isEqualTo(expected);
    }

    @Test
    void anIdMayNameAFolderInTheRepository() throws IOException {
        Path step = Files.createDirectories(snapshot.resolve("runs/step-100"));
        assertThat(cache.resolve("org/tiny-model/runs/step-100", "main")).isEqualTo(step);
        assertThat(cache.resolve("org/tiny-model/runs/step-100@main", "v2")).isEqualTo(step);
    }

    @Test
    void namesTheAdaptersOfARepositoryThatLacksTheFolder() throws IOException {
        Files.writeString(Files.createDirectories(snapshot.resolve("step-100")).resolve("adapter_config.json"), "{}");
        Files.writeString(Files.createDirectories(snapshot.resolve("b/c")).resolve("adapter_config.json"), "{}");
        assertThat(Refusal.of(() -> cache.resolve("org/tiny-model/step-300", "main")))
                .containsExactly("'org/tiny-model/step-300': the cached repository (" + snapshot
                        + ") has no 'step-300'; its adapters are [b/c, step-100]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"org/tiny-model/..", "org/tiny-model/../x", "org/tiny-model//x", "org/tiny-model/x/../.."})
    void aFolderCannotLeaveTheRepository(String name) {
        assertThat(Refusal.of(() -> cache.resolve(name, "main")))
                .containsExactly("'" + name + "': no such file or folder");
    }

    @Test
    void isInTheUsersHomeOtherwise() {
        Path home = Path.of(System.getProperty("user.home"), ".cache", "huggingface", "hub");
        assertThat(HubCache.of(Map.of()).folder()).isEqualTo(home);
        assertThat(HubCache.of(Map.of("HF_HOME", "")).folder()).isEqualTo(home);
    }

    @Test
    void anExistingPathIsTakenAsItStands() {
        assertThat(cache.resolve(folder.toString(), "main")).isEqualTo(folder);
    }

    @Test
    void anIdMeansTheSnapshotThatItsBranchPointsTo() {
        assertThat(cache.resolve("org/tiny-model", "main")).isEqualTo(snapshot);
    }

    @Test
    void anIdMayLackAnOrganization() throws IOException {
        Path gpt2 = Files.createDirectories(
                folder.resolve("hub/models--gpt2/snapshots").resolve(COMMIT));
        Files.createDirectories(folder.resolve("hub/models--gpt2/refs"));
        Files.writeString(folder.resolve("hub/models--gpt2/refs/main"), COMMIT);
        assertThat(cache.resolve("gpt2", "main")).isEqualTo(gpt2);
    }

    @Test
    void aRevisionInTheIdComesBeforeTheOption() throws IOException {
        Path other = Files.createDirectories(repository.resolve("snapshots").resolve(OTHER_COMMIT));
        ref("v2", OTHER_COMMIT);
        assertThat(cache.resolve("org/tiny-model@v2", "main")).isEqualTo(other);
        assertThat(cache.resolve("org/tiny-model", "v2")).isEqualTo(other);
        assertThat(cache.resolve("org/tiny-model@main", "v2")).isEqualTo(snapshot);
    }

    @Test
    void aRevisionMayBeACommitThatNoBranchPointsTo() throws IOException {
        Path other = Files.createDirectories(repository.resolve("snapshots").resolve(OTHER_COMMIT));
        assertThat(cache.resolve("org/tiny-model@" + OTHER_COMMIT, "main")).isEqualTo(other);
    }

    @Test
    void aPullRequestsRefLiesInAFolder() throws IOException {
        ref("refs/pr/1", COMMIT);
        assertThat(cache.resolve("org/tiny-model@refs/pr/1", "main")).isEqualTo(snapshot);
    }

    @Test
    void aLineBreakAfterTheCommitIsIgnored() throws IOException {
        ref("main", COMMIT + "\n");
        assertThat(cache.resolve("org/tiny-model", "main")).isEqualTo(snapshot);
    }

    @Test
    void refusesAModelThatIsNotInTheCache() {
        assertThat(Refusal.of(() -> cache.resolve("org/other", "main")))
                .containsExactly("'org/other'"
                        + ": no such file or folder, and not in the local Hugging Face cache (" + cache.folder()
                        + "); splora downloads nothing: fetch it first with: hf download org/other --include"
                        + " '*.safetensors' '*.json'");
    }

    @Test
    void refusesARevisionThatIsNotInTheCache() {
        assertThat(Refusal.of(() -> cache.resolve("org/tiny-model@v9", "main")))
                .containsExactly("'org/tiny-model': revision v9: not in the local Hugging Face cache (" + repository
                        + "); fetch it with: hf download org/tiny-model --include '*.safetensors' '*.json'"
                        + " --revision v9");
    }

    @Test
    void refusesASnapshotThatIsNotInTheCache() throws IOException {
        ref("v2", OTHER_COMMIT);
        assertThat(Refusal.of(() -> cache.resolve("org/tiny-model@v2", "main")))
                .singleElement()
                .asString()
                .contains("revision v2: not in the local Hugging Face cache");
        assertThat(Refusal.of(() -> cache.resolve("org/tiny-model", OTHER_COMMIT)))
                .singleElement()
                .asString()
                .contains("revision " + OTHER_COMMIT + ": not in the local Hugging Face cache");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../secret", "../../secret", "x/../../secret", "..", ".", "main/.."})
    void aRevisionCannotReadOutsideTheRefs(String revision) throws IOException {
        Files.writeString(repository.resolve("secret"), COMMIT);
        Files.writeString(folder.resolve("hub/secret"), COMMIT);
        assertThat(Refusal.of(() -> cache.resolve("org/tiny-model@" + revision, "main")))
                .singleElement()
                .asString()
                .contains("revision " + revision + ": not in the local Hugging Face cache");
    }

    @Test
    void anAbsoluteRevisionIsNotRead() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), COMMIT);
        assertThat(Refusal.of(() -> cache.resolve("org/tiny-model", secret.toString())))
                .singleElement()
                .asString()
                .contains("not in the local Hugging Face cache");
    }

    @Test
    void aRefWithoutACommitIsRefused() throws IOException {
        ref("main", "../../../somewhere");
        assertThat(Refusal.of(() -> cache.resolve("org/tiny-model", "main")))
                .containsExactly(repository.resolve("refs/main")
                        + ": ../../../somewhere: must contain a commit hash of 40 hexadecimal digits");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "no/such/folder",
                "/no/such/folder",
                "./nowhere",
                "../nowhere",
                "a b",
                "org/",
                "org/name@",
                "org/..",
                "x\u0000y"
            })
    void whatIsNeitherAPathNorAnIdIsNoSuchFile(String name) {
        assertThat(Refusal.of(() -> cache.resolve(name, "main")))
                .containsExactly("'" + name.replace("\u0000", "\\u0000") + "': no such file or folder");
    }

    @Test
    void aSnapshotOfLinksToBlobsOpensAsACheckpoint() throws IOException {
        Path blobs = new TinyCheckpoint().random("a", 1).random("b", 1).writeShardedTo(repository.resolve("blobs"));
        for (String file : new String[] {
            "model.safetensors.index.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"
        }) {
            Path blob = Files.move(blobs.resolve(file), blobs.resolve("sha-of-" + file));
            Files.createSymbolicLink(snapshot.resolve(file), snapshot.relativize(blob));
        }
        try (Checkpoint checkpoint = Checkpoint.open(cache.resolve("org/tiny-model", "main"))) {
            assertThat(checkpoint.tensor("b").shape()).containsExactly(1L);
        }
    }

    @Test
    void aCachePathWithDotsWorksTheSame() {
        HubCache dotted = new HubCache(folder.resolve("./hub/../hub"));
        assertThat(dotted.resolve("org/tiny-model", "main")).isDirectory();
    }

    private void ref(String name, String content) throws IOException {
        Path ref = repository.resolve("refs").resolve(name);
        Files.createDirectories(ref.getParent());
        Files.writeString(ref, content);
    }
}
