package io.github.splora.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.splora.json.StrictJson;
import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** SARIF and JUnit say what the report says, in their own words. */
class MachineFormatsTest {

    private static final RunReport REPORT = Reports.of(Reports.PRUNED, Reports.KEPT);
    private static final RunReport FAILED = REPORT.with(Verdict.of(List.of(
            new Verdict.Gate(
                    "max-score>1", false, 1.25, List.of(Reports.PRUNED.name()), "gate failed: max-score 1.25 > 1"),
            new Verdict.Gate("scored<1", true, 2.0, List.of(), "gate passed: scored 2, not < 1"))));

    private static JsonNode sarif(RunReport... reports) {
        return StrictJson.parsedObject(new ReportSet(List.of(reports)).write(ReportFormat.SARIF, TableLayout.PLAIN))
                .orElseThrow();
    }

    private static Element junit(RunReport... reports) throws Exception {
        String xml = new ReportSet(List.of(reports)).write(ReportFormat.JUNIT, TableLayout.PLAIN);
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(xml)))
                .getDocumentElement();
    }

    @Test
    void aSelectedModuleIsAFindingWithAStableRule() {
        JsonNode results = sarif(REPORT).at("/runs/0/results");
        assertThat(results)
                .hasSize(1 + REPORT.effects().size() + REPORT.warnings().size());
        JsonNode finding = results.get(0);
        assertThat(finding.path("ruleId").textValue()).isEqualTo("splora/module-selected");
        assertThat(finding.at("/locations/0/logicalLocations/0/fullyQualifiedName")
                        .textValue())
                .isEqualTo(Reports.PRUNED.name());
        JsonNode rules = sarif(REPORT).at("/runs/0/tool/driver/rules");
        assertThat(rules.get(finding.path("ruleIndex").intValue()).path("id")).isEqualTo(finding.path("ruleId"));
    }

    @Test
    void aFailedGateIsAnError() {
        JsonNode finding = sarif(FAILED).at("/runs/0/results/0");
        assertThat(finding.path("ruleId").textValue()).isEqualTo("splora/gate-failed");
        assertThat(finding.path("level").textValue()).isEqualTo("error");
        assertThat(finding.at("/message/text").textValue()).isEqualTo("gate failed: max-score 1.25 > 1");
    }

    @Test
    void everyGateAndModuleIsATest() throws Exception {
        Element suite =
                (Element) junit(FAILED).getElementsByTagName("testsuite").item(0);
        assertThat(suite.getAttribute("tests")).isEqualTo("4");
        assertThat(suite.getAttribute("failures")).isEqualTo("2");
        NodeList failures = suite.getElementsByTagName("failure");
        assertThat(((Element) failures.item(0).getParentNode()).getAttribute("name"))
                .isEqualTo("gate max-score>1");
        assertThat(((Element) failures.item(1).getParentNode()).getAttribute("name"))
                .isEqualTo(Reports.PRUNED.name());
    }

    @Test
    void withoutGatesNothingFails() throws Exception {
        assertThat(junit(REPORT).getElementsByTagName("failure").getLength()).isZero();
    }

    @Test
    void severalReportsAreOneDocument() throws Exception {
        assertThat(sarif(REPORT, FAILED).path("runs")).hasSize(1);
        assertThat(junit(REPORT, FAILED).getElementsByTagName("testsuite").getLength())
                .isEqualTo(2);
    }

    @Test
    void pathsAreUris() {
        Sarif sarif = new Sarif("1");
        sarif.add(Sarif.Rule.WARNING, "x", "/my adapters/100%/é", null);
        assertThat(StrictJson.parsedObject(sarif.toJson())
                        .orElseThrow()
                        .at("/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri")
                        .textValue())
                .isEqualTo("file:///my%20adapters/100%25/%C3%A9");
    }
}
