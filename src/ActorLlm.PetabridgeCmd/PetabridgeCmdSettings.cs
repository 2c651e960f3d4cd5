using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ActorLlm.PetabridgeCmd;

/// <summary>Where Petabridge's pbm reaches a node: configuration section <c>ActorLlm:PetabridgeCmd</c>.</summary>
/// <param name="Host">The address to listen on; default 127.0.0.1.</param>
/// <param name="Port">The port: 0 to 65535, default 9110, which pbm takes to be meant; 0 turns it off.</param>
public sealed record PetabridgeCmdSettings(string Host, int Port)
{
    /// <summary>The configuration section.</summary>
    public const string Section = "ActorLlm:PetabridgeCmd";

    private const string DefaultHost = "127.0.0.1";
    private const int DefaultPort = 9110;

    /// <summary>Reads the section.</summary>
    /// <exception cref="OptionsValidationException">
    /// A key is not known or a value not valid, or the address is not of this machine and <c>AllowAnonymous</c> is not set: pbm asks for no key, and its
    /// commands can end a node.
    /// </exception>
    public static PetabridgeCmdSettings Read(IConfiguration configuration)
    {
        var (host, port, anyone) = (DefaultHost, DefaultPort, false);
        foreach (var setting in configuration.GetSection(Section).GetChildren())
        {
            switch (setting.Key.ToUpperInvariant())
            {
                case "HOST": host = setting.Value ?? ""; break;
                case "PORT": port = ReadPort(setting); break;
                case "ALLOWANONYMOUS": anyone = ReadFlag(setting); break;
                default: throw Invalid($"{setting.Path} is not a setting; known are Host, Port and AllowAnonymous.");
            }
        }

        if (string.IsNullOrWhiteSpace(host)) throw Invalid($"{Section}:Host is empty; expected an address of this machine such as 127.0.0.1.");
        if (!anyone && !IsLoopback(host))
        {
            throw Invalid(
                $"{Section}:Host is '{host}', where other machines may come in. pbm asks for no key, and its commands can end a node: leave it at 127.0.0.1 and use "
                + $"pbm on this machine, or set {Section}:AllowAnonymous to true where the network keeps others out.");
        }

        return new PetabridgeCmdSettings(host, port);
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static int ReadPort(IConfigurationSection setting) =>
        int.TryParse(setting.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= IPEndPoint.MaxPort
            ? port
            : throw Invalid($"{setting.Path} is '{setting.Value}'; allowed is 0 to {IPEndPoint.MaxPort}, where 0 turns it off.");

    private static bool ReadFlag(IConfigurationSection setting) =>
        bool.TryParse(setting.Value, out var flag) ? flag : throw Invalid($"{setting.Path} is '{setting.Value}'; allowed is true or false.");

    private static OptionsValidationException Invalid(string message) => new(Options.DefaultName, typeof(PetabridgeCmdSettings), [message]);
}
