package io.github.splora.report;

import io.github.splora.error.Printable;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Builds a JUnit XML document: test results in the form that CI systems show. */
public final class Junit {

    /** How a test ended. */
    public enum Outcome {
        PASSED("passed"),
        FAILED("failure"),
        ERROR("error"),
        SKIPPED("skipped");

        private final String element;

        Outcome(String element) {
            this.element = element;
        }
    }

    private record Case(String name, Outcome outcome, String message) {}

    private record Suite(String name, List<Case> cases) {

        long count(Outcome outcome) {
            return cases.stream().filter(each -> each.outcome == outcome).count();
        }
    }

    private final List<Suite> suites = new ArrayList<>();

    /** Starts a suite, to which the following tests belong. */
    public void suite(String name) {
        suites.add(new Suite(name, new ArrayList<>()));
    }

    /**
     * Adds a test to the latest suite.
     *
     * @param message why it ended so; empty if it passed
     */
    public void test(String name, Outcome outcome, String message) {
        suites.get(suites.size() - 1).cases().add(new Case(name, outcome, message));
    }

    /** Returns the document, with a final line break. */
    public String toXml() {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            line(xml, "");
            xml.writeStartElement("testsuites");
            for (Suite suite : suites) {
                write(suite, xml);
            }
            line(xml, "");
            xml.writeEndElement();
            xml.writeEndDocument();
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
        return text + "\n";
    }

    private static void write(Suite suite, XMLStreamWriter xml) throws XMLStreamException {
        line(xml, "  ");
        xml.writeStartElement("testsuite");
        attribute(xml, "name", suite.name());
        attribute(xml, "tests", String.valueOf(suite.cases().size()));
        attribute(xml, "failures", String.valueOf(suite.count(Outcome.FAILED)));
        attribute(xml, "errors", String.valueOf(suite.count(Outcome.ERROR)));
        attribute(xml, "skipped", String.valueOf(suite.count(Outcome.SKIPPED)));
        for (Case each : suite.cases()) {
            line(xml, "    ");
            xml.writeStartElement("testcase");
            attribute(xml, "classname", suite.name());
            attribute(xml, "name", each.name());
            if (each.outcome() != Outcome.PASSED) {
                xml.writeEmptyElement(each.outcome().element);
                attribute(xml, "message", each.message());
            }
            xml.writeEndElement();
        }
        line(xml, "  ");
        xml.writeEndElement();
    }

    private static void attribute(XMLStreamWriter xml, String name, String value) throws XMLStreamException {
        xml.writeAttribute(name, Printable.line(value));
    }

    private static void line(XMLStreamWriter xml, String indentation) throws XMLStreamException {
        xml.writeCharacters("\n" + indentation);
    }
}
