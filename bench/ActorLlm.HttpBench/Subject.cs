using System.Diagnostics;
using ActorLlm.Processes;
using ActorLlm.Testing;

namespace ActorLlm.HttpBench;

/// <summary>One way to the model.</summary>
/// <param name="Name">As the table has it.</param>
/// <param name="Completions">Where chat completions are asked for.</param>
/// <param name="Store">Whether it is asked to store the turn.</param>
internal sealed record Subject(string Name, Uri Completions, bool Store)
{
    /// <summary>Headers that it needs.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public string Body(string directives, bool stream) =>
        $$"""{"model":"simulator","stream":{{(stream ? "true" : "false")}},"store":{{(Store ? "true" : "false")}},"messages":[{"role":"user","content":"Hello {{directives}}"}]}""";

    public HttpRequestMessage Request(string directives, bool stream)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Completions)
        {
            Content = new StringContent(Body(directives, stream), System.Text.Encoding.UTF8, "application/json"),
        };
        foreach (var (name, value) in Headers) request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }
}

/// <summary>Servers of others that stand between the client and the model, as their users start them.</summary>
internal sealed class OtherServer : IAsyncDisposable
{
    private readonly Process _process;

    private OtherServer(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>nginx as a plain proxy without buffers and with kept connections; null where it is not installed.</summary>
    public static async Task<OtherServer?> NginxAsync(Uri model, TempFolder folder)
    {
        if (Find("nginx") is not { } nginx) return null;
        var port = LoopbackPorts.Free()[0];
        var config = folder.Of("nginx.conf");
        await File.WriteAllTextAsync(config, $$"""
            daemon off; pid {{folder.Of("nginx.pid")}}; error_log stderr error; worker_processes 2;
            events { worker_connections 8192; }
            http {
              access_log off; client_body_temp_path {{folder.Of("body")}}; proxy_temp_path {{folder.Of("proxy")}};
              fastcgi_temp_path {{folder.Of("fastcgi")}}; uwsgi_temp_path {{folder.Of("uwsgi")}}; scgi_temp_path {{folder.Of("scgi")}};
              upstream model { server {{model.Authority}}; keepalive 64; }
              server {
                listen 127.0.0.1:{{port}};
                location / { proxy_pass http://model; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }
              }
            }
            """);
        return await StartAsync(nginx, ["-c", config], port, []);
    }

    /// <summary><c>@portkey-ai/gateway</c> from npm; null where there is no Node.js.</summary>
    public static async Task<OtherServer?> PortkeyAsync(TempFolder folder)
    {
        if (Find("npm") is not { } npm || Find("node") is not { } node) return null;
        var install = await CommandRunner.RunAsync([npm, "install", "--no-audit", "--no-fund", "--prefix", folder.FullName, "@portkey-ai/gateway@1.15.2"]);
        if (install.ExitCode != 0) throw new UserErrorException($"npm could not install @portkey-ai/gateway: {install.Output}");
        var port = LoopbackPorts.Free()[0];
        var program = Path.Combine(folder.FullName, "node_modules", "@portkey-ai", "gateway", "build", "start-server.js");
        return await StartAsync(node, [program, $"--port={port}", "--headless"], port, new() { ["NODE_ENV"] = "production", ["TRUSTED_CUSTOM_HOSTS"] = "127.0.0.1,localhost" });
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static async Task<OtherServer> StartAsync(string program, string[] arguments, int port, Dictionary<string, string> environment)
    {
        var info = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) info.Environment[name] = value;
        var process = Process.Start(info)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var address = new Uri($"http://127.0.0.1:{port}/");
        using var http = new HttpClient();
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var answer = await http.GetAsync(address);
                return new OtherServer(process, address);
            }
            catch (HttpRequestException) when (tries < 100 && !process.HasExited)
            {
                await Task.Delay(100);
            }
        }
    }
}
