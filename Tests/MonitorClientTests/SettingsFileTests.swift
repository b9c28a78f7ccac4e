import Foundation
import PosixIO
import Testing

@testable import MonitorClient

@Suite struct SettingsFileTests {
    private let root = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)

    private func file(_ name: String = "config") throws -> SettingsFile {
        try #require(SettingsFile(environment: ["XDG_CONFIG_HOME": root.appendingPathComponent(name).path]))
    }

    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    @Test func theEnvironmentSaysWhere() {
        let own = SettingsFile(environment: ["XDG_CONFIG_HOME": "/x", "HOME": "/y"])
        #expect(own?.path == "/x/pointerscope/monitor.conf")
        #expect(SettingsFile(environment: ["HOME": "/y"])?.path == "/y/.config/pointerscope/monitor.conf")
        // The specification: a path that is not absolute is to be ignored.
        let relative = SettingsFile(environment: ["XDG_CONFIG_HOME": "x", "HOME": "/y"])
        #expect(relative?.path == "/y/.config/pointerscope/monitor.conf")
        #expect(SettingsFile(environment: [:]) == nil)
    }

    @Test func whatIsWrittenIsRead() throws {
        defer { try? FileManager.default.removeItem(at: root) }
        let file = try file("a/b")
        #expect(file.read() == "")
        try file.write("view = map\n")
        #expect(file.read() == "view = map\n")
        try file.write("view = pages\n")
        #expect(file.read() == "view = pages\n")
        #expect(try mode(file.path) == 0o600)
        #expect(try mode(root.path + "/a/b/pointerscope") == 0o700)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: root.path + "/a/b/pointerscope")
                == ["monitor.conf"])
    }

    @Test func aLinkStaysALink() throws {
        defer { try? FileManager.default.removeItem(at: root) }
        let file = try file()
        try file.write("x")
        let elsewhere = root.path + "/elsewhere"
        try FileManager.default.moveItem(atPath: file.path, toPath: elsewhere)
        try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: elsewhere)
        try file.write("y")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: file.path) == elsewhere)
        #expect(try String(contentsOfFile: elsewhere, encoding: .utf8) == "y")
    }

    @Test func failuresAreToldAndLeaveNothing() throws {
        defer { try? FileManager.default.removeItem(at: root) }
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        try Data().write(to: root.appendingPathComponent("config"))
        let file = try file()
        #expect(throws: SystemError.self) { try file.write("x") }
        var keeper = SettingsKeeper(file: file)
        keeper.changed(now: 0)
        keeper.writeIfDue { "x" }
        #expect(keeper.complaint?.contains(file.path) == true)
    }

    @Test func aChangeWaitsForQuiet() throws {
        defer { try? FileManager.default.removeItem(at: root) }
        let file = try file()
        var keeper = SettingsKeeper(file: file)
        keeper.writeIfDue { "never" }
        #expect(file.read() == "" && keeper.deadline == nil)
        keeper.changed(now: 0)
        keeper.changed(now: 600_000_000)
        keeper.writeIfDue(now: 1_500_000_000) { "early" }
        #expect(file.read() == "")
        keeper.writeIfDue(now: 1_600_000_000) { "quiet" }
        #expect(file.read() == "quiet" && keeper.deadline == nil)
        keeper.changed(now: 2_000_000_000)
        keeper.writeIfDue { "end" }
        #expect(file.read() == "end")
    }
}
