package io.github.splora;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The classes follow ARCHITECTURE.md: data flows in one direction, and each dependency stays in its package. */
class ArchitectureTest {

    private static final String ROOT = "io.github.splora";

    private static JavaClasses classes;

    @BeforeAll
    static void importClasses() {
        classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(ROOT);
    }

    @Test
    void packagesFormNoCycle() {
        slices().assignedFrom(new EveryPackage()).should().beFreeOfCycles().check(classes);
    }

    /** One slice per package, including subpackages and the root. */
    private static final class EveryPackage implements SliceAssignment {

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            return SliceIdentifier.of(type.getPackageName());
        }

        @Override
        public String getDescription() {
            return "every package";
        }
    }

    @Test
    void onlyOnePackageKnowsTheEngine() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".tensor.djl")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.djl..")
                .check(classes);
    }

    @Test
    void scoresArePlainNumbers() {
        noClasses()
                .that()
                .resideInAnyPackage(ROOT + ".score", ROOT + ".statistics", ROOT + ".select", ROOT + ".report..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".tensor..")
                .check(classes);
    }

    @Test
    void readingPairingAndPruningNeedNoEngine() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        ROOT + ".safetensors",
                        ROOT + ".pickle",
                        ROOT + ".format",
                        ROOT + ".checkpoint",
                        ROOT + ".adapter",
                        ROOT + ".pairing",
                        ROOT + ".inspect",
                        ROOT + ".surgery")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".tensor..", ROOT + ".measure", ROOT + ".score")
                .check(classes);
    }

    @Test
    void picocliStaysInTheCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".cli")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("picocli..")
                .check(classes);
    }

    @Test
    void nobodyKnowsTheCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".cli")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".cli")
                .check(classes);
    }

    @Test
    void onlyTheCommandLineMayExit() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".cli")
                .should()
                .callMethod(System.class, "exit", int.class)
                .check(classes);
    }

    @Test
    void nobodyWritesPastTheInjectedStreams() {
        noClasses()
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(classes);
    }

    @Test
    void theSafetensorsFormatNeedsNothingOfTheRest() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".safetensors")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        ROOT + ".adapter", ROOT + ".checkpoint", ROOT + ".json", ROOT + ".report", "org.slf4j..")
                .check(classes);
    }

    @Test
    void thePickleFormatNeedsNothingOfTheRest() {
        classes()
                .that()
                .resideInAPackage(ROOT + ".pickle")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        ROOT + ".pickle", ROOT + ".storage", ROOT + ".error", "net.razorvine.pickle", "java..")
                .check(classes);
    }

    @Test
    void nobodyElseUnpickles() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".pickle")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("net.razorvine..")
                .check(classes);
    }

    @Test
    void onePlaceDecidesWhichFormatAFileIsReadAs() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + ".format", ROOT + ".safetensors", ROOT + ".pickle")
                .should()
                .dependOnClassesThat()
                .haveNameMatching(".*\\.(SafetensorsFile|PickleFile)")
                .check(classes);
    }
}
