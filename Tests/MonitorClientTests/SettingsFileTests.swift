import Foundation
import Glibc
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

    @Test func aLinkWhoseTargetIsNotThereYetStaysALink() throws {
        defer { try? FileManager.default.removeItem(at: root) }
        let file = try file()
        let folder = URL(fileURLWithPath: file.path).deletingLastPathComponent()
        let dotfiles = root.appendingPathComponent("dotfiles")
        for place in [folder, dotfiles] {
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        }
        // One link to the other, both relative.
        try FileManager.default.createSymbolicLink(
            atPath: file.path, withDestinationPath: "../../dotfiles/second")
        try FileManager.default.createSymbolicLink(
            atPath: dotfiles.path + "/second", withDestinationPath: "kept")
        try file.write("view = map\n")
        #expect(
            try FileManager.default.destinationOfSymbolicLink(atPath: file.path) == "../../dotfiles/second")
        #expect(try String(contentsOfFile: dotfiles.path + "/kept", encoding: .utf8) == "view = map\n")
        #expect(file.read() == "view = map\n")
    }

    @Test(arguments: ["monitor.conf", "/nowhere-at-all/monitor.conf"])
    func aLinkThatLeadsNowhereIsTold(target: String) throws {
        defer { try? FileManager.default.removeItem(at: root) }
        let file = try file()
        let folder = URL(fileURLWithPath: file.path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: target)
        var keeper = SettingsKeeper(file: file)
        keeper.changed(now: 0)
        keeper.writeIfDue { "x" }
        #expect(keeper.complaint?.contains(file.path) == true)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: file.path) == target)
    }

    @Test func whatSomebodyElseOwnsIsNotWritten() throws {
        defer { try? FileManager.default.removeItem(at: root) }
        let file = try file()
        try file.write("x")
        try KeptFile.checkOwner(of: file.path)
        #expect(throws: SystemError.self) { try KeptFile.checkOwner(of: file.path, user: geteuid() + 1) }
        // The file is not there yet, nor the directories above it.
        let missing = root.path + "/a/b/c"
        try KeptFile.checkOwner(of: missing)
        if geteuid() == 0 {
            unsafe chown(root.path, 4_321, 4_321)
            #expect(throws: SystemError.self) { try KeptFile.checkOwner(of: missing) }
            #expect(throws: SystemError.self) { try self.file("d").write("x") }
            #expect(!FileManager.default.fileExists(atPath: root.path + "/d"))
        }
        // What is the system's it lends by its modes.
        try KeptFile.checkOwner(of: "/nowhere-at-all/file", user: 4_321)
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
