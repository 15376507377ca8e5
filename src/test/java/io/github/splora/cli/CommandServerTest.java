package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.splora.checkpoint.HubCache;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandServerTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void answersEachCommandAsARunOfItsOwnWould() throws Exception {
        String[] score = Run.with("score", Testdata.LLAMA, "--format", "csv");
        String[] quiet = Run.join(score, "-q");

        List<JsonNode> answers = ask(request(quiet), request(score), request("no-such-command"), request(score));

        assertThat(answers)
                .extracting(answer -> answer.path("code").asInt())
                .containsExactly(0, 0, ExitCode.WRONG_USAGE, 0);
        assertThat(answers.get(1).path("out").asText())
                .isEqualTo(Run.of(score).out())
                .isNotEmpty();
        assertThat(answers.get(3).path("out").asText())
                .isEqualTo(answers.get(1).path("out").asText());
        assertThat(answers.get(0).path("err").asText()).as("-q").isEmpty();
        assertThat(answers.get(2).path("err").asText()).contains("no-such-command");
        assertThat(answers.get(2).path("out").asText()).isEmpty();
    }

    @Test
    void theLogIsPartOfTheErrorsOfItsCommand(@TempDir Path folder) throws Exception {
        Testdata model = Testdata.LLAMA.withAdapterCopiedTo(folder.resolve("adapter"));
        Files.createSymbolicLink(folder.resolve("adapter/notes.txt"), folder);
        String[] prune =
                Run.with("prune", model, "--output", folder.resolve("pruned").toString(), "--force");

        List<JsonNode> answers = ask(request(prune), request(Run.join(prune, "-q")), request("--version"));

        assertThat(answers.get(0).path("err").asText()).contains("splora: WARN: ", "notes.txt");
        assertThat(answers.get(1).path("err").asText()).isEmpty();
        assertThat(answers.get(2).path("err").asText()).isEmpty();
        assertThat(answers.get(2).path("out").asText()).startsWith("splora ");
    }

    @Test
    void aLineThatIsNoRequestEndsTheServer() {
        assertThatThrownBy(() -> ask("{\"arguments\": []}"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("'args'");
    }

    private static String request(String... args) throws IOException {
        return JSON.writeValueAsString(JSON.createObjectNode().set("args", JSON.valueToTree(args)));
    }

    private static List<JsonNode> ask(String... requests) throws IOException {
        StringWriter answers = new StringWriter();
        CommandServer.serve(
                new ByteArrayInputStream(String.join("\n", requests).getBytes(StandardCharsets.UTF_8)),
                new PrintWriter(answers),
                new HubCache(Path.of("target", "no-such-hub")));
        List<JsonNode> read = new ArrayList<>();
        for (String line : answers.toString().lines().toList()) {
            read.add(JSON.readTree(line));
        }
        return read;
    }
}
