using ActorLlm.Hosting;
using Akka.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Samples;

/// <summary>What the samples' hosts have in common: where they keep their data, and a model that needs no key.</summary>
internal static class SampleHost
{
    /// <summary>
    /// An ordinary host. Without <c>OPENAI_API_KEY</c> and without backends in its configuration, the model is the simulator with the sample's <c>replies.json</c>.
    /// </summary>
    public static HostApplicationBuilder Create(string sample)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        // While it ends, Akka has the host's loggers no more and writes to the console, whatever their level: it is to be as quiet by itself.
        builder.Services.AddSingleton(new AkkaSetup((akka, _) => akka.AddHocon("akka.loglevel = ERROR", HoconAddMode.Prepend)));
        var settings = new Dictionary<string, string?> { ["ActorLlm:Sqlite"] = DataFile(sample, "actorllm.db") };
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OPENAI_API_KEY")) && !builder.Configuration.GetSection("ActorLlm:Backends").Exists())
        {
            settings["ActorLlm:Backends:script:Type"] = "Simulator";
            settings["ActorLlm:Backends:script:Simulator:Replies"] = Beside("replies.json");
        }

        // First in the list is last in rank: what the environment says goes before it.
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = settings });
        return builder;
    }

    /// <summary>A file of the sample's own data, below the current folder.</summary>
    public static string DataFile(string sample, string name) => Path.Combine(Directory.CreateDirectory(Path.Combine("data", sample)).FullName, name);

    /// <summary>A file that comes with the program.</summary>
    public static string Beside(string name) => Path.Combine(AppContext.BaseDirectory, name);
}
