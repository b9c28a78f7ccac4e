import Foundation
import PointerEvents
import Testing

@testable import ViewerGateway

@Suite struct ReportTests {
    @Test func theStateListsVisitorsMostActiveFirst() throws {
        let fixture = try Fixture()
        let crowd = Crowd(fixture, pid: 4242)
        for x in 0..<3 { crowd.move("calm", Double(x), 0) }
        for x in 0..<30 { crowd.move("busy \"q\" \u{e9}", Double(x), 0) }
        fixture.turn()
        let text = try fixture.get("/api/state").text
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(Set(object.keys) == ["visitors", "workers", "viewers", "totals"])
        let visitors = try #require(object["visitors"] as? [[String: Any]])
        #expect(visitors.map { $0["id"] as? String } == ["busy \"q\" \u{e9}", "calm"])
        #expect(Set(visitors[0].keys) == ["id", "since", "last", "rate", "page", "worker"])
        #expect(visitors[0]["rate"] as? Double == 30)
        #expect(visitors[0]["worker"] as? Int == 4242)
        #expect(visitors[0]["page"] is NSNull)
    }

    @Test func metricsAreWellFormedAndEachFamilyComesOnce() throws {
        let fixture = try Fixture()
        let crowd = Crowd(fixture)
        let watcher = try Watcher(fixture)
        #expect(fixture.run { fixture.gateway.viewerCount == 1 })
        for x in 0..<10 { crowd.move("u", Double(x), 0) }
        #expect(
            try fixture.run {
                try watcher.read()
                return watcher.messages.count == 10
            })
        let answer = try fixture.get("/metrics")
        #expect(answer.fields["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        var families: [String] = []
        var values: [String: Double] = [:]
        for line in answer.text.split(separator: "\n") {
            if line.hasPrefix("# TYPE ") { families.append(String(line.split(separator: " ")[2])) }
            guard !line.hasPrefix("#"), let space = line.lastIndex(of: " ") else { continue }
            let name = String(line[..<space])
            #expect(values[name] == nil, "\(name)")
            values[name] = Double(line[line.index(after: space)...])
            let family = families.last ?? ""
            let isOfFamily = ["", "_bucket", "_sum", "_count"].contains {
                name.prefix { $0 != "{" } == family + $0
            }
            #expect(isOfFamily, "\(name) stands in \(family)")
        }
        #expect(Set(families).count == families.count)
        #expect(families.allSatisfy { $0.hasPrefix("pointerscope_") })
        #expect(values["pointerscope_events_relayed_total"] == 10)
        #expect(values["pointerscope_events_offered_total"] == 10)
        #expect(values["pointerscope_events_delivered_total"] == 10)
        #expect(values["pointerscope_events_pending"] == 0)
        #expect(values["pointerscope_events_conflated_total{stage=\"relay\"}"] == 5)
        #expect(values["pointerscope_events_conflated_total{stage=\"viewer\"}"] == 0)
        #expect(values["pointerscope_events_undelivered_total{reason=\"closed\"}"] == 0)
        #expect(values["pointerscope_viewers"] == 1)
        #expect(values["pointerscope_visitors"] == 1)
        #expect(values["pointerscope_relay_seconds_count"] == 10)
        #expect(values["pointerscope_relay_duration_seconds_count"] == 10)
        #expect(values["pointerscope_relay_duration_seconds_bucket{le=\"+Inf\"}"] == 10)
        #expect(values["pointerscope_relay_seconds{quantile=\"0.5\"}"]! > 0)
        #expect(values["pointerscope_encode_seconds{quantile=\"1\"}"]!.isNaN)
        #expect(values["pointerscope_http_requests_total{class=\"2xx\"}"] == 1)
    }
}
