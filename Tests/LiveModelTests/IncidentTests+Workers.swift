import Testing

@testable import LiveModel

/// What is made of workers that do not last.
extension IncidentTests {
    @Test func aWorkerThatWasGivenUpIsOneIncidentUntilItIsBack() {
        let server = Server()
        server.tell(("ready", ""))
        for _ in 0..<2 { server.tell(Self.exited(12, "exit status 3")) }
        let why = "it ended 2 times in a row within 1 s of its start"
        server.tell(("worker_errored", #","worker":0,"why":"\#(why)""#))
        #expect(server.texts.last == "worker 0 was given up: \(why)")
        #expect(server.last?.isOpen == true)
        server.tell(("worker_ready", #","worker":0,"worker_pid":14"#))
        #expect(server.last?.isOpen == false && server.last?.text.contains("14 took its place") == true)
        server.tell(("worker_over_memory", #","worker":1,"worker_pid":13,"bytes":104857600,"limit":1"#))
        #expect(server.last?.text == "worker 13 has 100 MiB of memory and is replaced")
    }
}
