/// What the fuzzing of message heads begins with.
extension FuzzTarget {
    @Sendable static func requestSeeds() -> [[UInt8]] {
        let host = "Host: 127.0.0.1:2112\r\n"
        return Seed.texts([
            "GET / HTTP/1.1\r\n\(host)\r\n",
            "\r\nHEAD /healthz HTTP/1.1\r\n\(host)\r\nGET /metrics HTTP/1.1\r\n\(host)\r\n",
            "GET /receive/top?shape=frames&hz=30 HTTP/1.1\r\n\(host)Accept: text/event-stream\r\n\r\n",
            "GET /receive/a?last-event-id=00c0ffee00c0ffee-17 HTTP/1.1\r\n\(host)\r\n",
            "GET /receive/a HTTP/1.1\r\n\(host)Last-Event-ID: 00c0ffee00c0ffee-17\r\n\r\n",
            "GET /receive/a?hz=7 HTTP/1.1\r\n\(host)\r\n", "GET /receive/a?sh%61pe=x HTTP/1.1\r\n\(host)\r\n",
            "GET /admin/%61lice HTTP/1.1\r\nHost: [::1]:2112\r\nConnection: close\r\n\r\n",
            "GET http://localhost/api/state?x=1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET /assets/dashboard/main.js HTTP/1.1\r\n\(host)If-None-Match: \"a\", W/\"b\", *\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\n\(host)\r\n",
            "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n",
            "POST /events HTTP/1.1\r\n\(host)Content-Type: text/plain;charset=UTF-8\r\nContent-Length: 5\r\n\r\nhello",
            "POST /events HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\n\(host)Content-Length: 3, 3\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.0\r\n\r\n",
            "POST / HTTP/1.1\r\n\(host)Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
            "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET / HTTP/1.2\r\n\(host)\r\n",
            "GET / HTTP/2.0\r\n\r\n",
            "PUT / HTTP/1.1\r\n\(host)A: 1\r\nB : 2\r\n\r\n", "GET / HTTP/1.1\r\n\(host)A: 1\r\n b\r\n\r\n",
            "GET / HTTP/1.1\nHost: a\n\n", "G\u{0}T / HTTP/1.1\r\n\r\n", "GET  / HTTP/1.1\r\n\r\n",
            "BREW / HTTP/1.1\r\nHost: user@a\r\n\r\n",
        ])
    }

    @Sendable static func responseSeeds() -> [[UInt8]] {
        Seed.texts([
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n\r\ndata: 1\n\n",
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200\r\n\r\n",
            "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n",
            "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.0 404 Not Found\r\nContent-Length: 4\r\n\r\ngone", "HTTP/1.1 99 X\r\n\r\n",
            "HTTP/1.1 600 X\r\n\r\n", "HTTP/1.1  200\r\n\r\n", "HTTP/3.0 200 OK\r\n\r\n", "hello\r\n\r\n",
            "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n\r\nbusy\n",
        ])
    }
}
