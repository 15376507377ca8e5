package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator.ExecutionStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The log belongs to the program that runs: splora configures its own, and no other's. */
class LogConfiguratorTest {

    private final LoggerContext context = new LoggerContext();
    private final String active = System.getProperty(LogConfigurator.ACTIVE);

    @AfterEach
    void restore() {
        System.setProperty(LogConfigurator.ACTIVE, active);
    }

    @Test
    void theCommandLineLogsToStandardError() {
        assertThat(configure()).isEqualTo(ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY);
        assertThat(context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("stderr"))
                .isNotNull();
    }

    @Test
    void anotherProgramsLogIsLeftToIt() {
        System.clearProperty(LogConfigurator.ACTIVE);
        assertThat(configure()).isEqualTo(ExecutionStatus.INVOKE_NEXT_IF_ANY);
        assertThat(context.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders())
                .isExhausted();
        assertThat(context.getLogger("io.github.splora").getLevel()).isNull();
    }

    private ExecutionStatus configure() {
        LogConfigurator configurator = new LogConfigurator();
        configurator.setContext(context);
        return configurator.configure(context);
    }
}
