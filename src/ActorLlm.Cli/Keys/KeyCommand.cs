using System.CommandLine;
using System.CommandLine.Parsing;

namespace ActorLlm.Cli.Keys;

/// <summary>The command line of <c>actorllm key</c>.</summary>
public static class KeyCommand
{
    private const string DefaultTenant = "default";
    private const int MaxTenantLength = 64;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var tenant = new Option<string>("--tenant")
        {
            Description = $"Whose key it is: 1 to {MaxTenantLength} visible ASCII characters without a slash",
            DefaultValueFactory = _ => DefaultTenant,
            CustomParser = ParseTenant,
        };
        var create = new Command("new", "Makes a key for a tenant and prints it, once, with what to configure on every node.") { tenant };
        create.SetAction(parsed => Write(parsed.InvocationConfiguration.Output, parsed.GetValue(tenant)!, new ApiKey()));
        return new Command("key", "Makes keys for the HTTP face of the nodes.") { create };
    }

    private static void Write(TextWriter output, string tenant, ApiKey key)
    {
        output.WriteLine("The key, which is shown only now. Clients send it as their API key (Authorization: Bearer KEY):");
        output.WriteLine($"  {key.Key}");
        output.WriteLine("Its hash, for the configuration of every node; beside other keys, with the next number in place of 0:");
        output.WriteLine($"  ActorLlm__Gateway__ApiKeys__0__Tenant={tenant}");
        output.WriteLine($"  ActorLlm__Gateway__ApiKeys__0__Hash={key.Hash}");
        // In words, as lines to paste would give a client's key the admin endpoint as well.
        output.WriteLine("For an operator's key instead, ActorLlm:Admin:Keys:0:Hash takes the hash, and ActorLlm:Admin:Keys:0:Name what the audit log calls its owner.");
    }

    // The nodes' own rule, so that they take what is printed here.
    private static string ParseTenant(ArgumentResult result)
    {
        var text = result.Tokens.Count == 0 ? "" : result.Tokens[0].Value;
        if (text.Length is 0 or > MaxTenantLength || text.Contains('/', StringComparison.Ordinal) || text.AsSpan().ContainsAnyExceptInRange('!', '~'))
            result.AddError($"--tenant is '{text}': give 1 to {MaxTenantLength} visible ASCII characters without a slash.");
        return text;
    }
}
