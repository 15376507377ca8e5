package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.fuzz.Scratch;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Passes files to commands: the first byte chooses the command, the others are the file. */
public final class FileArgumentsFuzz {

    private static final Scratch SCRATCH = new Scratch();

    static {
        SCRATCH.put(
                "adapter_config.json",
                """
        {"peft_type": "LORA", "r": 2, "lora_alpha": 4, "target_modules": ["q_proj"]}
        """
                        .getBytes(StandardCharsets.UTF_8));
    }

    private FileArgumentsFuzz() {}

    /** Called by Jazzer, under this name. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        int command = bytes.length == 0 ? 0 : bytes[0] & 3;
        byte[] content = bytes.length == 0 ? bytes : Arrays.copyOfRange(bytes, 1, bytes.length);
        Run run =
                switch (command) {
                    case 0 ->
                        Run.of(
                                "inspect",
                                SCRATCH.put("file.safetensors", content).toString());
                    case 1 -> Run.of("show", SCRATCH.put("report.json", content).toString());
                    case 2 ->
                        Run.of(
                                "verify",
                                SCRATCH.put("adapter_model.safetensors", content)
                                        .toString());
                    // Commands that write nothing, whatever the file contains.
                    default -> Run.of("inspect", "@" + SCRATCH.put("options.args", content));
                };
        assertThat(run.code()).as(run.err()).isIn(ExitCode.DONE, ExitCode.WRONG_USAGE, ExitCode.BAD_INPUT);
        assertThat(run.err().chars())
                .as(run.err())
                .noneMatch(c -> (c < ' ' && c != '\n' && c != '\r' && c != '\t') || c == 0x7f);
    }
}
