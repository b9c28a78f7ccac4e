import ByteCore
import Testing

@testable import ControlWire

struct ControlAnswerTests {
    private func text(_ build: (inout ByteBuffer) -> Void) -> String {
        var buffer = ByteBuffer()
        build(&buffer)
        return String(decoding: buffer.readable, as: UTF8.self)
    }

    private func read(_ line: String) -> ControlAnswer? {
        Array(line.utf8).withUnsafeBytes { ControlAnswer($0) }
    }

    @Test func theLinesAreWhatTheDocumentSays() {
        let greeting = text { $0.appendControlGreeting(version: "0.1.0", pid: 123) }
        #expect(greeting == "{\"pointerscope\":1,\"version\":\"0.1.0\",\"pid\":123}\n")
        #expect(
            read(String(greeting.dropLast())) == .greeting(protocolVersion: 1, version: "0.1.0", pid: 123))
        let item = text { $0.appendControlItem("worker") { $0.append("{\"pid\":1}") } }
        #expect(item == "{\"worker\":{\"pid\":1}}\n")
        #expect(
            read(String(item.dropLast())) == .item(kind: "worker", value: Array("{\"pid\":1}".utf8)))
        #expect(text { $0.appendControlDone() } == "{\"done\":true}\n")
        #expect(read("{\"done\":true}") == .done)
        let refusal = ControlRefusal("there is no \"9\"", status: 67)
        let error = text { $0.appendControlError(refusal) }
        #expect(error == "{\"error\":\"there is no \\\"9\\\"\",\"status\":67}\n")
        #expect(read(String(error.dropLast())) == .error(refusal))
        #expect(text { $0.appendControlNote("a\nb") } == "{\"note\":\"a\\nb\"}\n")
    }

    @Test func whatComesLaterIsPassedOver() {
        #expect(read(" { \"done\" : true , \"more\" : [1,{}] } ") == .done)
        #expect(read("{\"new\":[1]}") == .item(kind: "new", value: Array("[1]".utf8)))
        #expect(
            read("{\"pointerscope\":2,\"pid\":1,\"x\":null}")
                == .greeting(protocolVersion: 2, version: "", pid: 1))
    }

    @Test(arguments: [
        "", "{", "{}", "[]", "1", "{\"done\"}", "{\"done\":true}x", "{\"error\":\"a\"}",
        "{\"error\":1,\"status\":1}",
        "{\"error\":\"a\",\"status\":99999999999}", "{\"pointerscope\":\"1\",\"pid\":1}",
        "{\"pointerscope\":1}",
        "{\"pointerscope\":1.5,\"pid\":1}", "HTTP/1.1 400 Bad Request",
    ])
    func whatIsNoneIsNone(line: String) { #expect(read(line) == nil) }

    @Test func halfALineIsNone() {
        let line = "{\"worker\":{\"pid\":1,\"state\":\"run\\u0041ning\"},\"x\":[true,null,-1.5e3]}"
        for count in 0..<line.utf8.count { #expect(read(String(line.prefix(count))) == nil) }
        #expect(read(line) != nil)
    }

    @Test func valuesAreReadForShowing() throws {
        let json = "{\"a\":\"x\\u00e9\",\"b\":-1.5,\"c\":{\"d\":true},\"e\":null,\"f\":[1],\"a\":\"second\"}"
        let value = try #require(Array(json.utf8).withUnsafeBytes { ControlValue($0) })
        #expect(value["a"]?.text == "xé")
        #expect(value["b"]?.number == -1.5 && value["b"]?.count == nil)
        #expect(value["c"]?["d"] == .truth(true))
        #expect(value["e"] == .null && value["f"] == .other && value["g"] == nil)
        let deep = String(repeating: "{\"a\":", count: 9) + "1" + String(repeating: "}", count: 9)
        #expect(Array(deep.utf8).withUnsafeBytes { ControlValue($0) } == nil)
    }
}
