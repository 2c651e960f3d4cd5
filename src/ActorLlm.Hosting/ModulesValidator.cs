using ActorLlm.Backends;
using ActorLlm.Modules;
using Microsoft.Extensions.Options;

namespace ActorLlm.Hosting;

/// <summary>Checks the modules at start; every message names the key, its value and what is allowed.</summary>
internal sealed class ModulesValidator(IOptions<BackendsOptions> backends) : IValidateOptions<ModulesOptions>
{
    public ValidateOptionsResult Validate(string? name, ModulesOptions options)
    {
        string[] errors = [.. options.Problems, .. Errors(options)];
        return errors.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private IEnumerable<string> Errors(ModulesOptions options)
    {
        if (options.Modules.Count == 0) yield break;
        // Keys of the configuration are the same in any case.
        foreach (var twice in options.Modules.GroupBy(module => module.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
            yield return $"The module '{twice.Key}' is added {twice.Count()} times; expected is each name once, whatever the case of its letters.";
        foreach (var (name, module) in options.Modules)
        {
            foreach (var error in module.Errors(name)) yield return error;
            if (backends.Value.Backends.FirstOrDefault(backend => backend.Models.Contains(name)) is { } backend)
                yield return $"The module '{name}' has the name of a model of the backend '{backend.Name}'; a turn names either by its model, so give the module another name.";
            if (module.Model.Length > 0 && !backends.Value.Backends.Any(serving => serving.Models.Contains(module.Model)))
                yield return $"{ModuleOptions.Section}:{name}:{nameof(module.Model)} is '{module.Model}', which no backend serves; expected one of "
                    + $"{string.Join(", ", backends.Value.Backends.SelectMany(serving => serving.Models).Distinct())}, or leave it out for the default.";
        }
    }
}
