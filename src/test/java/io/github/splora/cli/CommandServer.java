package io.github.splora.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.splora.checkpoint.HubCache;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.stream.StreamSupport;
import org.slf4j.LoggerFactory;

/**
 * Runs commands in one JVM that stays warm, for checks that would otherwise start {@code bin/splora} a thousand times.
 *
 * <p>Each line of standard input is a request, {@code {"args": ["score", "--base", ...]}}; each line of standard output
 * is the answer to it, {@code {"code": 0, "out": "...", "err": "..."}}. The server ends with its input.
 *
 * <p>All commands share the environment, the working folder and the system properties of the server's process: a check
 * that needs its own runs {@code bin/splora}. {@code scripts/program.py} is the client.
 */
public final class CommandServer {

    private static final ObjectMapper JSON = new ObjectMapper();

    private CommandServer() {}

    public static void main(String[] arguments) throws IOException {
        // Standard output belongs to the answers, so a stray print must not reach it.
        PrintStream errors = System.err;
        System.setOut(errors);
        try (var answers = new PrintWriter(
                new OutputStreamWriter(new FileOutputStream(FileDescriptor.out), StandardCharsets.UTF_8), true)) {
            serve(System.in, answers, HubCache.of(System.getenv()));
        } finally {
            System.setErr(errors);
        }
    }

    /**
     * Answers requests until the input ends.
     *
     * @throws IOException if a line cannot be read or is no request
     */
    static void serve(InputStream requests, PrintWriter answers, HubCache hub) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(requests, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            answers.println(answer(JSON.readTree(line), hub));
        }
    }

    private static String answer(JsonNode request, HubCache hub) throws IOException {
        JsonNode words = request.path("args");
        if (!words.isArray()) {
            throw new IOException("a request needs a list 'args': " + request);
        }
        String[] args = StreamSupport.stream(words.spliterator(), false)
                .map(JsonNode::asText)
                .toArray(String[]::new);
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int code = run(args, out, err, hub);
        return JSON.createObjectNode()
                .put("code", code)
                .put("out", out.toString(StandardCharsets.UTF_8))
                .put("err", err.toString(StandardCharsets.UTF_8))
                .toString();
    }

    private static int run(String[] args, ByteArrayOutputStream out, ByteArrayOutputStream err, HubCache hub) {
        // As at the start of a process; -q and -v of an earlier command would last otherwise.
        ((Logger) LoggerFactory.getLogger("io.github.splora")).setLevel(Level.INFO);
        PrintStream before = System.err;
        try (var results = new PrintWriter(out, true, StandardCharsets.UTF_8);
                var log = new PrintStream(err, true, StandardCharsets.UTF_8);
                var messages = new PrintWriter(err, true, StandardCharsets.UTF_8)) {
            // The log goes to System.err, messages to the writer: both end up in one stream, in order, as in a process.
            System.setErr(log);
            return Main.run(args, results, messages, hub, Terminal.NONE);
        } finally {
            System.setErr(before);
        }
    }
}
