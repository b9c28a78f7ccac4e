import ByteCore
import Telemetry
import Testing

struct MetricsTextTests {
    private func text(_ write: (inout ByteBuffer) -> Void) -> String {
        var buffer = ByteBuffer()
        write(&buffer)
        return String(decoding: buffer.readable, as: UTF8.self)
    }

    @Test func writesTheTextFormat() {
        let text = text { buffer in
            buffer.appendMetric("a_total", .counter, help: "Things that were counted.", 7)
            buffer.appendMetricFamily("b", .gauge, help: "What is.")
            buffer.appendMetric("b", label: ("reason", "cold"), 0.5)
            buffer.appendMetric("b", label: ("reason", "warm"), UInt64.max)
        }
        let expected = """
            # HELP a_total Things that were counted.
            # TYPE a_total counter
            a_total 7
            # HELP b What is.
            # TYPE b gauge
            b{reason="cold"} 0.5
            b{reason="warm"} 18446744073709551615

            """
        #expect(text == expected)
    }

    @Test func readsBackThroughAStrictParser() throws {
        let awkward = ["", "plain", "a\"b", "back\\slash", "two\nlines", "\\n", "Zoë 🐭", "{},=", "\t"]
        let text = text { buffer in
            buffer.appendMetricFamily("odd_total", .counter, help: "Odd labels.")
            for (index, value) in awkward.enumerated() {
                buffer.appendMetric("odd_total", label: ("what", value), UInt64(index))
            }
        }
        let families = try MetricsParser.parse(text)
        #expect(families.count == 1)
        #expect(families.first?.samples.map { $0.labels["what"] } == awkward)
        #expect(families.first?.samples.map(\.value) == awkward.indices.map(Double.init))
    }

    @Test(arguments: [
        0, 1.5, -2, 1e21, Double.leastNonzeroMagnitude, .greatestFiniteMagnitude, .infinity, -.infinity,
    ])
    func valuesReadBack(value: Double) throws {
        let text = text { buffer in
            buffer.appendMetricFamily("v", .gauge, help: "A value.")
            buffer.appendMetric("v", value)
        }
        #expect(try MetricsParser.parse(text).first?.samples.first?.value == value)
    }

    @Test func notANumberIsSaidSo() {
        #expect(text { $0.appendMetric("v", Double.nan) } == "v NaN\n")
    }

    @Test func aSummaryHasQuantilesSumAndCount() throws {
        let text = text { buffer in
            buffer.appendSummary(
                "s", help: "Times.", quantiles: [("0.5", 0.00008), ("1", .nan)], sum: 1.25, count: 7)
        }
        let expected = """
            # HELP s Times.
            # TYPE s summary
            s{quantile="0.5"} 0.00008
            s{quantile="1"} NaN
            s_sum 1.25
            s_count 7

            """
        #expect(text == expected)
        #expect(try MetricsParser.parse(text).first?.samples.map(\.name) == ["s", "s", "s_sum", "s_count"])
    }

    @Test func aHistogramRisesToAll() throws {
        let text = text { buffer in
            buffer.appendHistogram("h", help: "Times.", counts: [(0.5, 2), (1, 2)], sum: 9.25, count: 3)
        }
        let expected = """
            # HELP h Times.
            # TYPE h histogram
            h_bucket{le="0.5"} 2
            h_bucket{le="1"} 2
            h_bucket{le="+Inf"} 3
            h_sum 9.25
            h_count 3

            """
        #expect(text == expected)
        let family = try #require(try MetricsParser.parse(text).first)
        #expect(family.type == "histogram" && family.samples.map(\.value) == [2, 2, 3, 9.25, 3])
    }

    private static let histogram = "# HELP h x\n# TYPE h histogram\n"

    /// The parser is a judge only if it condemns.
    @Test(arguments: [
        "a 1", "a 1\n", "# HELP a x\na 1\n", "# TYPE a gauge\na 1\n", "# HELP a x\n# TYPE a counter\na 1\n",
        "# HELP a x\n# TYPE a gauge\nb 1\n", "# HELP a x\n# TYPE a gauge\na 1\na 1\n",
        "# HELP a x\n# TYPE a gauge\na{l=\"v} 1\n", "# HELP a x\n# TYPE a gauge\na{l=\"\\x\"} 1\n",
        "# HELP a x\n# TYPE a gauge\na{l=\"v\",l=\"v\"} 1\n", "# HELP a x\n# TYPE a gauge\na{1=\"v\"} 1\n",
        "# HELP a x\n# TYPE a gauge\na one\n", "# HELP a x\n# TYPE a gauge\na  1\n",
        "# HELP a x\n# TYPE a gaug\n", "# HELP a x\n# TYPE a gauge\na_sum 1\n",
        "# HELP a x\n# TYPE a summary\na 1\n", "# HELP a x\n# TYPE a summary\na_sum{quantile=\"1\"} 1\n",
        "# HELP a x\n# TYPE a gauge\n# HELP a x\n# TYPE a gauge\n", "# HELP a \n# TYPE a gauge\n", "\n",
        histogram + "h 1\n", histogram + "h_bucket 1\n", histogram + "h_sum 1\n",
        histogram + "h_bucket{le=\"2\"} 1\nh_bucket{le=\"1\"} 1\n",
        histogram + "h_bucket{le=\"1\"} 2\nh_bucket{le=\"2\"} 1\n",
        histogram + "h_bucket{le=\"1\"} 2\nh_count 2\n",
        histogram + "h_bucket{le=\"+Inf\"} 2\nh_count 1\n",
    ])
    func parserRefuses(text: String) {
        #expect(throws: MetricsParser.Fault.self) { try MetricsParser.parse(text) }
    }
}
