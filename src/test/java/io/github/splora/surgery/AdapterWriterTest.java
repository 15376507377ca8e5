package io.github.splora.surgery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.splora.adapter.Adapter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    @Test
    void otherFilesAndSubfoldersAreCarriedOver() throws IOException {
        put("README.md");
        put("tokenizer/vocab/merges.txt");
        put("training_args.bin");
        rewrite(old);
        assertThat(filesWritten()).isEqualTo(ownAnd("README.md", "tokenizer/vocab/merges.txt", "training_args.bin"));
        assertThat(written.resolve("tokenizer/vocab/merges.txt")).hasContent("content of tokenizer/vocab/merges.txt");
    }

    @Test
    void whatStillHoldsTheRemovedModulesIsNotCarriedOver() throws IOException {
        put("adapter_model.bin");
        put("checkpoint-500/adapter_config.json");
        put("checkpoint-500/adapter_model.safetensors");
        put("checkpoint-500/optimizer.pt");
        put("leftover/adapter_model.bin");
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
                Files.createDirectory(old.resolve("sub")).resolve("a.txt"), Path.of("../../id_ed25519"));
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

    @Test
    void filesOfAReadOnlyDownloadBecomeWritable() throws IOException {
        assumeTrue(old.getFileSystem().supportedFileAttributeViews().contains("posix"));
        Files.setPosixFilePermissions(put("README.md"), PosixFilePermissions.fromString("r--r--r--"));
        rewrite(old);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(written.resolve("README.md"))))
                .startsWith("rw");
    }
}
