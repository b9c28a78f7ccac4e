import Foundation

/// Node's `JSON.parse`, with the contract's further rules written a second time, in JavaScript.
enum NodeOracle {
    /// Where `node` is, as the shell would find it.
    static let path: String? = {
        let directories = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return directories.split(separator: ":").map { "\($0)/node" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    /// What became of the process where it gave no verdicts.
    struct Failure: Error {
        var status: Int32
        var lines: Int
    }

    /// One line for every input: `invalid` or `valid` (to JSON.parse alone), a space, and the contract's
    /// verdict, which is a close code or `ok` and the samples as viewers get them, each after a space.
    ///
    /// One process for all of them: its start takes longer than the verdicts.
    static func verdicts(on inputs: [[UInt8]]) throws -> [String] {
        let directory = FileManager.default.temporaryDirectory
            .appending(path: "pointerscope-oracle-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let files = ["oracle.js", "inputs", "verdicts"].map { directory.appending(path: $0) }
        try Data(script.utf8).write(to: files[0])
        let lines = inputs.map { Data($0).base64EncodedString() + "\n" }
        try Data(lines.joined().utf8).write(to: files[1])
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path ?? "")
        process.arguments = files.map(\.path)
        try process.run()
        process.waitUntilExit()
        let output = (try? String(contentsOf: files[2], encoding: .utf8)) ?? ""
        let verdicts = output.split(separator: "\n").map(String.init)
        guard process.terminationStatus == 0, verdicts.count == inputs.count else {
            throw Failure(status: process.terminationStatus, lines: verdicts.count)
        }
        return verdicts
    }

    private static let script = #"""
        'use strict';
        const fs = require('fs');
        const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
        const KINDS = ['move', 'down', 'up', 'click', 'scroll', 'enter', 'leave', 'cancel'];
        const KEYS = ['id', 'x', 'y', 't', 'k', 'b', 'w', 'h', 'p', 'sx', 'sy', 'dw', 'dh', 'pt', 'n', 'el'];

        // Those that came later are none where they are of another type.
        const LATER = [['number', ['sx', 'sy', 'dw', 'dh']], ['string', ['pt', 'n', 'el']]];

        function parsed(bytes) {
          try { return { value: JSON.parse(utf8.decode(bytes)) }; } catch { return null; }
        }

        // 1008 where a 17th array or object opens and all before it is the beginning of a JSON text, which is
        // so where closing everything makes it one; 1007 where it is not; null where none opens.
        function depthVerdict(bytes) {
          const open = [];
          for (let i = 0, inString = false; i < bytes.length; i++) {
            const c = String.fromCharCode(bytes[i]);
            if (inString) {
              if (c === '\\') i++; else if (c === '"') inString = false;
            } else if (c === '"') inString = true;
            else if (c === '}' || c === ']') open.pop();
            else if (c === '{' || c === '[') {
              open.push(c === '{' ? '}' : ']');
              if (open.length > 16) {
                const closing = Buffer.from(open.reverse().join(''));
                return parsed(Buffer.concat([bytes.subarray(0, i + 1), closing])) ? '1008' : '1007';
              }
            }
          }
          return null;
        }

        // The keys of each sample, with those that JSON.parse has merged.
        function keysOfSamples(text, isArray) {
          const samples = [];
          const stack = [];
          for (let i = 0; i < text.length; i++) {
            const top = stack[stack.length - 1];
            if (text[i] === '"') {
              let end = i + 1;
              while (text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
              if (top && top.wantsKey && stack.length === (isArray ? 2 : 1)) {
                samples[samples.length - 1].push(JSON.parse(text.slice(i, end + 1)));
              }
              i = end;
            } else if (text[i] === '{') {
              stack.push({ isObject: true, wantsKey: true });
              if (stack.length === (isArray ? 2 : 1)) samples.push([]);
            } else if (text[i] === '[') stack.push({ isObject: false, wantsKey: false });
            else if (text[i] === '}' || text[i] === ']') stack.pop();
            else if (text[i] === ':') top.wantsKey = false;
            else if (text[i] === ',') top.wantsKey = top.isObject;
          }
          return samples;
        }

        // String.isWellFormed came with Node 20.
        const isText = (s, least, most) => typeof s === 'string' && !/\p{Surrogate}/u.test(s)
          && Buffer.byteLength(s) >= least && Buffer.byteLength(s) <= most;
        // What is not to be seen, in units of UTF-16: U+E0000 to U+E0FFF among them.
        const unseen = new RegExp('[\\u007f-\\u009f\\u00ad\\u034f\\u0600-\\u0605\\u061c\\u06dd\\u070f\\u0890\\u0891'
          + '\\u08e2\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164'
          + '\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb]|\\ud804[\\udcbd\\udccd]|\\ud80d[\\udc30-\\udc3f]'
          + '|\\ud82f[\\udca0-\\udca3]|\\ud834[\\udd73-\\udd7a]|[\\udb40-\\udb43][\\udc00-\\udfff]', 'g');
        const escape = (unit) => '\\u' + unit.charCodeAt(0).toString(16).padStart(4, '0');
        const written = (s) => JSON.stringify(s).replace(unseen, (found) => [...found.split('')].map(escape).join(''));

        const isLine = (s, least, most) => isText(s, least, most) && !/[\u0000-\u001f\u007f-\u009f]/.test(s);
        const isSize = (value) => Number.isFinite(value) && value >= 0;

        function acceptable(sample, keys) {
          if (sample === null || typeof sample !== 'object' || Array.isArray(sample)) return false;
          const known = keys.filter((key) => KEYS.includes(key));
          if (new Set(known).size !== known.length) return false;
          const has = (key) => keys.includes(key) && Object.hasOwn(sample, key);
          return isLine(sample.id, 1, 64)
            && has('id') && has('x') && has('y') && Number.isFinite(sample.x) && Number.isFinite(sample.y)
            && (!has('t') || Number.isFinite(sample.t))
            && (!has('k') || KINDS.includes(sample.k))
            && (!has('b') || (Number.isInteger(sample.b) && sample.b >= 0 && sample.b <= 65535))
            && ['w', 'h', 'dw', 'dh'].every((key) => !has(key) || isSize(sample[key]))
            && ['sx', 'sy'].every((key) => !has(key) || Number.isFinite(sample[key]))
            && (!has('pt') || ['mouse', 'pen', 'touch'].includes(sample.pt))
            && (!has('n') || isLine(sample.n, 1, 64)) && (!has('el') || isLine(sample.el, 0, 64))
            && (!has('p') || isText(sample.p, 0, 256));
        }

        function encoded(sample) {
          const members = KEYS.filter((key) => Object.hasOwn(sample, key)).map((key) => written(key) + ':'
            + (typeof sample[key] === 'string' ? written(sample[key]) : JSON.stringify(sample[key])));
          return '{' + members.join(',') + '}';
        }

        function verdict(bytes) {
          if (bytes.length > 65536) return '1009';
          const deep = depthVerdict(bytes);
          if (deep) return deep;
          const result = parsed(bytes);
          if (!result) return '1007';
          const isArray = Array.isArray(result.value);
          const samples = isArray ? result.value : [result.value];
          const isObject = (one) => one !== null && typeof one === 'object' && !Array.isArray(one);
          if (!samples.every(isObject)) return '1008';
          const keys = keysOfSamples(utf8.decode(bytes), isArray);
          samples.forEach((sample) => LATER.forEach(([type, names]) => names.forEach((name) => {
            if (typeof sample[name] !== type) delete sample[name];
          })));
          if (!samples.every((sample, index) => acceptable(sample, keys[index]))) return '1008';
          return ['ok', ...samples.map(encoded)].join(' ');
        }

        const inputs = fs.readFileSync(process.argv[2], 'latin1').split('\n').slice(0, -1);
        const lines = inputs.map((line) => {
          const bytes = Buffer.from(line, 'base64');
          return (parsed(bytes) ? 'valid ' : 'invalid ') + verdict(bytes) + '\n';
        });
        fs.writeFileSync(process.argv[3], lines.join(''));
        """#
}
