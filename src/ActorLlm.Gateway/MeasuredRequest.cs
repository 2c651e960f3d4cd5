using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Errors;
using ActorLlm.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ActorLlm.Gateway;

/// <summary>The times of one request that asks a model, where anybody wants to know them: a feature of the request.</summary>
internal sealed class MeasuredRequest
{
    private readonly TimeProvider _time;
    private readonly long _begun;
    private string? _operation;
    private string _model = "";
    private string? _error;
    private long? _firstText;

    private MeasuredRequest(TimeProvider time) => (_time, _begun) = (time, time.GetTimestamp());

    public static void Begin(HttpContext http)
    {
        if (RequestMetrics.Wanted) http.Features.Set(new MeasuredRequest(http.RequestServices.GetRequiredService<TimeProvider>()));
    }

    public static MeasuredRequest? Of(HttpContext http) => http.Features.Get<MeasuredRequest>();

    /// <summary>Says what is asked for. The model is one that the configuration names: labels must be few.</summary>
    public void Asks(string operation, string model) => (_operation, _model) = (operation, model);

    /// <summary>The first text is on its way to the client.</summary>
    public void FirstText()
    {
        if (_operation is null || _firstText is not null) return;
        _firstText = _time.GetTimestamp();
        RequestMetrics.FirstText(_operation, _model, _time.GetElapsedTime(_begun, _firstText.Value));
    }

    /// <summary>The stream has ended with its reply.</summary>
    public void Streamed(Outcome end)
    {
        if (_operation is not null && _firstText is { } first && end is Outcome.Committed { Reply.Usage.OutputTokens: { } tokens })
            RequestMetrics.Streamed(_operation, _model, _time.GetElapsedTime(first), tokens);
    }

    /// <summary>The stream has broken off.</summary>
    public void Broke(ApiError error) => _error = error.Code;

    /// <summary>The request is over.</summary>
    public void Answered(ApiError? error)
    {
        if (_operation is not null) RequestMetrics.Answered(_operation, _model, _time.GetElapsedTime(_begun), error?.Code ?? _error);
    }
}
