using Microsoft.Extensions.Options;

namespace ActorLlm.Backends;

/// <summary>Says everything that is wrong with the backends, naming key, value and what is allowed.</summary>
internal sealed class BackendOptionsValidator : IValidateOptions<BackendsOptions>
{
    private const int MaxNameLength = 64;

    public ValidateOptionsResult Validate(string? name, BackendsOptions options)
    {
        List<string> problems = Problems(options);
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    public static void ThrowIfInvalid(BackendsOptions options)
    {
        List<string> problems = Problems(options);
        if (problems.Count > 0)
            throw new OptionsValidationException(Microsoft.Extensions.Options.Options.DefaultName, typeof(BackendsOptions), problems);
    }

    private static List<string> Problems(BackendsOptions options)
    {
        List<string> problems = [.. options.Problems];
        if (options.Backends.Count == 0)
            problems.Add($"{BackendOptions.Section} is empty: expected at least one backend, such as {BackendOptions.Section}:main:Type.");
        foreach (BackendOptions backend in options.Backends)
            problems.AddRange(Problems(backend));
        problems.AddRange(options.Backends
            .GroupBy(backend => backend.Name, StringComparer.OrdinalIgnoreCase)
            .Where(group => group.Count() > 1)
            .Select(group => $"{BackendOptions.Section}:{group.Key} exists {group.Count()} times (in configuration and in code): "
                + "expected each name once."));
        string[] models = [.. options.Backends.SelectMany(backend => backend.Models).Distinct()];
        if (options.DefaultModel is { } model && !models.Contains(model))
        {
            problems.Add($"{BackendsOptions.DefaultModelKey} is '{model}', which no backend serves: expected one of "
                + $"{string.Join(", ", models)}.");
        }
        return problems;
    }

    private static IEnumerable<string> Problems(BackendOptions options)
    {
        if (!IsName(options.Name))
        {
            yield return $"{BackendOptions.Section}:{options.Name} is not a name: expected 1 to {MaxNameLength} letters, digits, "
                + "'.', '_' or '-'.";
        }
        if (!options.IsRegistered && BackendType.Canonical(options.Type) is null)
        {
            yield return $"{options.KeyOf(nameof(options.Type))} is '{options.Type}': expected one of "
                + $"{string.Join(", ", BackendType.Configurable)}.";
        }
        if (ContinuationMode.Canonical(options.Continuation) is null)
        {
            yield return $"{options.KeyOf(nameof(options.Continuation))} is '{options.Continuation}': expected one of "
                + $"{string.Join(", ", ContinuationMode.All)}.";
        }
        if (!Allowed.Weight.Contains(options.Weight))
            yield return Allowed.Weight.Problem(options.KeyOf(nameof(options.Weight)), options.Weight);
        if (!Allowed.Concurrency.Contains(options.Concurrency))
            yield return Allowed.Concurrency.Problem(options.KeyOf(nameof(options.Concurrency)), options.Concurrency);
        if (!Allowed.InactivitySeconds.Contains(options.InactivityTimeoutSeconds))
        {
            yield return Allowed.InactivitySeconds.Problem(
                options.KeyOf(nameof(options.InactivityTimeoutSeconds)), options.InactivityTimeoutSeconds);
        }
        if (!Allowed.ResponseSeconds.Contains(options.ResponseTimeoutSeconds))
        {
            yield return Allowed.ResponseSeconds.Problem(
                options.KeyOf(nameof(options.ResponseTimeoutSeconds)), options.ResponseTimeoutSeconds);
        }
        if (options is { Type: BackendType.Ollama, ImageUrls: true })
            yield return $"{options.KeyOf(nameof(options.ImageUrls))} is true: Ollama cannot read images at addresses; leave it out, or set it to false.";
        foreach (string problem in ModelProblems(options).Concat(AddressProblems(options)))
            yield return problem;
        foreach (string problem in options.Simulator.Problems(options.KeyOf(nameof(options.Simulator))))
            yield return problem;
    }

    private static IEnumerable<string> ModelProblems(BackendOptions options)
    {
        string key = options.KeyOf(nameof(options.Models));
        if (options.Models.Count == 0)
        {
            string what = options.Type == BackendType.AzureOpenAI ? "deployment" : "model";
            yield return $"{key} is empty: expected at least one {what} name, such as {key}:0.";
        }
        if (options.Models.Any(string.IsNullOrWhiteSpace))
            yield return $"{key} holds an empty name: expected model names.";
        if (options.Models.GroupBy(model => model).FirstOrDefault(group => group.Count() > 1) is { } twice)
            yield return $"{key} names '{twice.Key}' more than once: expected each model once.";
    }

    private static IEnumerable<string> AddressProblems(BackendOptions options)
    {
        string endpoint = options.KeyOf(nameof(options.Endpoint));
        string apiKey = options.KeyOf(nameof(options.ApiKey));
        if (!string.IsNullOrWhiteSpace(options.Endpoint) && EndpointProblem(endpoint, options.Endpoint) is { } problem)
            yield return problem;
        if (options.Type == BackendType.AzureOpenAI && string.IsNullOrWhiteSpace(options.Endpoint))
            yield return $"{endpoint} is missing: expected the address of the resource, such as https://name.openai.azure.com.";
        bool needsKey = options.Type == BackendType.AzureOpenAI
            || (options.Type == BackendType.OpenAI && string.IsNullOrWhiteSpace(options.Endpoint));
        if (needsKey && string.IsNullOrWhiteSpace(options.ApiKey))
        {
            yield return options.Type == BackendType.AzureOpenAI
                ? $"{apiKey} is missing: Azure OpenAI needs the key of the resource."
                : $"{apiKey} is missing: OpenAI needs one; set it, or set {endpoint} to a server that speaks OpenAI's API without keys.";
        }
        if (options.ApiKey is { } value && value.Any(character => character is < '!' or > '~'))
            yield return $"{apiKey} holds a character that an HTTP header cannot carry: expected printable ASCII without spaces.";
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= MaxNameLength
        && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-');

    /// <summary>What is wrong with an address, or null. One that may hold a password is not shown, whatever else is wrong with it.</summary>
    internal static string? EndpointProblem(string key, string address)
    {
        Uri? http = Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0
            ? uri
            : null;
        if (http is null ? address.Contains('@', StringComparison.Ordinal) : http.UserInfo.Length > 0)
        {
            return $"{key} holds a name or a password before a '@': expected an http or https address without them, such as "
                + "https://host/v1; the secret belongs into ApiKey.";
        }
        return http is null ? $"{key} is '{address}': expected an absolute http or https address such as https://host/v1." : null;
    }
}
