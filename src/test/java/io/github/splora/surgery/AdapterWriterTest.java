package io.github.splora.surgery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.splora.adapter.Adapter;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdapterWriterTest {

    private static final List<String> OWN = List.of("adapter_config.json", "adapter_model.safetensors");

    @TempDir
    Path folder;

    private Path old;
    private Path written;

    @BeforeEach
    void makeFolders() throws IOException {
        old = Files.createDirectory(folder.resolve("old"));
        written = Files.createDirectory(folder.resolve("written"));
    }

    private void rewrite(Path location) throws IOException {
        new TinyAdapter(old, "layers.0.q", "layers.1.q").open().close();
        try (Adapter adapter = Adapter.open(location)) {
            AdapterWriter.write(
                    adapter, ActionKind.DROP.action(ConfigStyle.EXCLUDE).apply(adapter, Set.of("layers.1.q")), written);
        }
    }

    private Path put(String path) throws IOException {
        Path file = old.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, "content of " + path);
    }

    private List<String> filesWritten() throws IOException {
        try (Stream<Path> tree = Files.walk(written)) {
            return tree.filter(Files::isRegularFile)
                    .map(file -> written.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    private List<String> ownAnd(String... others) {
        return Stream.concat(OWN.stream(), Stream.of(others)).sorted().toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "README.md",
                "LICENSE",
                "LICENSE.txt",
                "NOTICE",
                "USE_POLICY.md",
                "tokenizer.json",
                "tokenizer_config.json",
                "tokenizer.model",
                "tokenizer.model.v3",
                "special_tokens_map.json",
                "added_tokens.json",
                "vocab.json",
                "vocab.txt",
                "tokenizer/vocab/merges.txt",
                "qwen.tiktoken",
                "tekken.json",
                "spiece.model",
                "sentencepiece.bpe.model",
                "chat_template.jinja",
                "chat_template.json",
                "additional_chat_templates/rag.jinja",
                "preprocessor_config.json",
                "processor_config.json",
                "video_preprocessor_config.json",
                "generation_config.json"
            })
    void whatBelongsToAnAdapterIsCarriedOver(String path) throws IOException {
        put(path);
        rewrite(old);
        assertThat(filesWritten()).isEqualTo(ownAnd(path));
        assertThat(written.resolve(path)).hasContent("content of " + path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "adapter_model.bin",
                "leftover/adapter_model.bin",
                "checkpoint-500/adapter_model.safetensors",
                "optimizer.pt",
                "optimizer.bin",
                "scheduler.pt",
                "scaler.pt",
                "rng_state.pth",
                "rng_state_0.pth",
                "training_args.bin",
                "trainer_state.json",
                "latest",
                "zero_to_fp32.py",
                "pytorch_model_fsdp.bin",
                "pytorch_model_fsdp_0/__0_0.distcp",
                "global_step500/mp_rank_00_model_states.pt",
                "global_step500/bf16_zero_pp_rank_0_mp_rank_00_optim_states.pt",
                "adapter-f16.gguf",
                "adapters.safetensors",
                "adapter_model.safetensors.bak",
                "consolidated.00.pth",
                "model.onnx",
                "tokenizer.pkl",
                "events.out.tfevents.1700000000",
                "runs/today/events",
                "modeling_evil.py",
                ".env"
            })
    void nothingElseIsCarriedOver(String path) throws IOException {
        put(path);
        rewrite(old);
        assertThat(filesWritten()).isEqualTo(OWN);
        assertThat(written).isDirectoryNotContaining(Files::isDirectory);
    }

    @Test
    void anotherAdapterInASubfolderIsNotCarriedOver() throws IOException {
        put("checkpoint-500/adapter_config.json");
        put("checkpoint-500/tokenizer.json");
        rewrite(old);
        assertThat(filesWritten()).isEqualTo(OWN);
    }

    @Test
    void repositoryDataAndAnOldReportAreNotCarriedOver() throws IOException {
        put(".git/HEAD");
        put(".cache/huggingface/download/x");
        put("splora-report.json");
        rewrite(old);
        assertThat(filesWritten()).isEqualTo(OWN);
    }

    @Test
    void theFolderOfAnAdapterNamedByItsFileIsCarriedOver() throws IOException {
        put("README.md");
        rewrite(old.resolve("adapter_model.safetensors"));
        assertThat(filesWritten()).isEqualTo(ownAnd("README.md"));
    }

    @Test
    void filesNextToAFileOfAnotherNameAreNotCarriedOver() throws IOException {
        put("README.md");
        new TinyAdapter(old, "layers.0.q", "layers.1.q").open().close();
        rewrite(Files.copy(old.resolve("adapter_model.safetensors"), old.resolve("mine.safetensors")));
        assertThat(filesWritten()).isEqualTo(OWN);
    }

    @Test
    void aLinkToAFileInTheFolderIsFollowedAndALinkToAFolderIsNot() throws IOException {
        put("tokenizer/vocab.json");
        Files.createSymbolicLink(old.resolve("vocab.json"), Path.of("tokenizer/vocab.json"));
        Files.createSymbolicLink(old.resolve("circle"), old.toAbsolutePath());
        Files.createSymbolicLink(old.resolve("elsewhere"), Files.createDirectory(folder.resolve("dir")));
        rewrite(old);
        assertThat(filesWritten()).isEqualTo(ownAnd("tokenizer/vocab.json", "vocab.json"));
        assertThat(written.resolve("vocab.json")).isRegularFile().hasContent("content of tokenizer/vocab.json");
        assertThat(Files.isSymbolicLink(written.resolve("vocab.json"))).isFalse();
        assertThat(written.resolve("elsewhere")).doesNotExist();
    }

    @Test
    void anUntrustedLinkDoesNotPublishTheUsersFile() throws IOException {
        Path secret = Files.writeString(folder.resolve("id_ed25519"), "a secret");
        Files.createSymbolicLink(old.resolve("merges.txt"), secret);
        Files.createSymbolicLink(
                Files.createDirectory(old.resolve("sub")).resolve("vocab.txt"), Path.of("../../id_ed25519"));
        rewrite(old);
        assertThat(filesWritten()).isEqualTo(OWN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "tokenizer.json"})
    void aHugeFileIsLeftBehind(String name) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(old.resolve(name).toFile(), "rw")) {
            file.setLength(4L << 30);
        }
        rewrite(old);
        assertThat(filesWritten()).isEqualTo(OWN);
    }

    /** Reading any of these would never end, or would publish the environment. */
    @ParameterizedTest
    @ValueSource(strings = {"/dev/zero", "/proc/self/environ", "/proc/kmsg", "fifo"})
    @EnabledOnOs(OS.LINUX)
    @Timeout(60)
    void deviceAndProcessFilesAndPipesAreLeftBehind(String target) throws Exception {
        if (target.equals("fifo")) {
            Process mkfifo =
                    new ProcessBuilder("mkfifo", old.resolve("README.md").toString()).start();
            assumeTrue(mkfifo.waitFor() == 0);
        } else {
            Files.createSymbolicLink(old.resolve("README.md"), Path.of(target));
        }
        rewrite(old);
        assertThat(filesWritten()).isEqualTo(OWN);
    }

    @Test
    void linksOfAHubCacheSnapshotToBlobsAreFollowed() throws IOException {
        Path repository = folder.resolve("models--a--b");
        Path blob = Files.createDirectories(repository.resolve("blobs")).resolve("0123");
        Files.writeString(blob, "a blob");
        Path snapshot = repository.resolve("snapshots/1111111111111111111111111111111111111111");
        Files.createDirectories(snapshot.getParent());
        Files.createSymbolicLink(old.resolve("tokenizer.json"), Path.of("../../blobs/0123"));
        Files.createSymbolicLink(old.resolve("stolen.json"), Files.writeString(folder.resolve("secret"), "a secret"));
        new TinyAdapter(old, "layers.0.q", "layers.1.q").open().close();
        Files.move(old, snapshot);
        try (Adapter adapter = Adapter.open(snapshot)) {
            AdapterWriter.write(
                    adapter, ActionKind.DROP.action(ConfigStyle.EXCLUDE).apply(adapter, Set.of("layers.1.q")), written);
        }
        assertThat(filesWritten()).isEqualTo(ownAnd("tokenizer.json"));
        assertThat(written.resolve("tokenizer.json")).hasContent("a blob");
    }

    /** The layout since July 2026: a repository's blob may be a link to a blob that all repositories share. */
    @ParameterizedTest
    @CsvSource({
        "hub/blobs/ab, true, models--a--b, true",
        "hub/blobs/ab, false, models--a--b, false",
        "hub/blobs/other, true, models--a--b, false",
        "elsewhere/ab, true, models--a--b, false",
        "hub/blobs/ab, true, work, false"
    })
    void linksToBlobsThatACacheSharesAreFollowed(String place, boolean isMarked, String repository, boolean isCarried)
            throws IOException {
        String key = "ab".repeat(32);
        Path shared = Files.createDirectories(folder.resolve(place)).resolve(key);
        Files.writeString(shared, "a shared blob");
        Path hub = Files.createDirectories(folder.resolve("hub/blobs")).getParent();
        if (isMarked) {
            Files.writeString(hub.resolve("blobs/.huggingface-shared-blobs"), "1");
        }
        Path snapshot = hub.resolve(repository + "/snapshots/1111111111111111111111111111111111111111");
        Files.createDirectories(snapshot.getParent());
        Path blob = Files.createDirectories(hub.resolve(repository + "/blobs")).resolve("0123");
        Files.createSymbolicLink(blob, shared);
        Files.createSymbolicLink(old.resolve("tokenizer.json"), Path.of("../../blobs/0123"));
        new TinyAdapter(old, "layers.0.q", "layers.1.q").open().close();
        Files.move(old, snapshot);
        try (Adapter adapter = Adapter.open(snapshot)) {
            AdapterWriter.write(
                    adapter, ActionKind.DROP.action(ConfigStyle.EXCLUDE).apply(adapter, Set.of("layers.1.q")), written);
        }
        assertThat(filesWritten()).isEqualTo(isCarried ? ownAnd("tokenizer.json") : OWN);
    }

    @Test
    void filesOfAReadOnlyDownloadBecomeWritable() throws IOException {
        assumeTrue(old.getFileSystem().supportedFileAttributeViews().contains("posix"));
        Files.setPosixFilePermissions(put("README.md"), PosixFilePermissions.fromString("r--r--r--"));
        rewrite(old);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(written.resolve("README.md"))))
                .startsWith("rw");
    }
}
