using System.Text.Json;
using ActorLlm.Backends.Simulation;
using Microsoft.Extensions.Options;

namespace ActorLlm.Simulator;

/// <summary>The simulator as an OpenAI-compatible HTTP server, on its own or inside a test.</summary>
public static class SimulatorServer
{
    /// <summary>Where it listens unless <c>--urls</c> says otherwise.</summary>
    public const string DefaultUrl = "http://127.0.0.1:9090";

    /// <summary>Configuration section of <see cref="SimulatorOptions"/>.</summary>
    public const string Section = "Simulator";

    /// <summary>Setting: the file that gets what <c>/stats</c> has when the server ends, so that no call is missing.</summary>
    public const string StatsFile = "StatsFile";

    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(1);

    private const int MaxRequestBytes = 16 * 1024 * 1024;

    /// <summary>Runs the server until it is told to stop.</summary>
    /// <param name="args">See <see cref="Build"/>.</param>
    /// <param name="errors">Gets one line for each thing that keeps it from starting.</param>
    /// <returns>The exit code: 0 when it ran, 1 when it could not start.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        try
        {
            await using WebApplication app = Build(args);
            // The run disposes of the application and all it holds.
            SimulatorCalls calls = app.Services.GetRequiredService<SimulatorEngine>().Calls;
            string? file = app.Configuration[StatsFile];
            await app.RunAsync();
            if (!string.IsNullOrEmpty(file))
                await File.WriteAllTextAsync(file, JsonSerializer.Serialize(SimulatorEndpoints.Stats(calls)));
            return 0;
        }
        catch (OptionsValidationException exception)
        {
            foreach (string failure in exception.Failures)
                await errors.WriteLineAsync(failure);
        }
        catch (Exception exception) when (exception is IOException or FormatException)
        {
            // Kestrel's own words name the address, and say whether it is in use or none at all.
            await errors.WriteLineAsync($"{exception.Message} Give another address, such as --urls {DefaultUrl}.");
        }
        return 1;
    }

    /// <summary>
    /// Builds the server; start it with <c>StartAsync</c>. Arguments, or environment variables: <c>--urls</c>, <c>--Models a,b</c> (default
    /// <c>simulator</c>), <c>--Simulator:TimeToFirstTokenMs 50</c> and the like, <c>--StatsFile path</c>.
    /// </summary>
    /// <exception cref="OptionsValidationException">A setting is wrong.</exception>
    public static WebApplication Build(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);
        builder.WebHost.UseUrls(builder.Configuration["urls"] ?? DefaultUrl);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBytes;
        });
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        // A failed start is told in one line by RunAsync.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        // A cut is made by throwing after the answer has begun; Kestrel would log each as an error of the application.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Critical);

        SimulatorOptions options = SimulatorOptions.From(builder.Configuration.GetSection(Section));
        string[] models = (builder.Configuration["Models"] ?? SimulatorOptions.DefaultModel)
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var engine = new SimulatorEngine(options, TimeProvider.System, new SimulatorCalls(everyPrompt: true));

        builder.Services.AddSingleton(engine);
        // A model that ends leaves its callers where they are.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopGrace);

        WebApplication app = builder.Build();
        app.MapSimulator(engine, models);
        return app;
    }
}
