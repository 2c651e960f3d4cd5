using System.CommandLine;
using ActorLlm.Cli.Admin;

namespace ActorLlm.Cli.Talk;

/// <summary><c>actorllm chat</c>: a conversation, line by line.</summary>
internal sealed class ChatCommand : Command, IHandlesInterrupts
{
    private readonly Option<string?> _conversation = new("--conversation", "-c") { Description = "The conversation to go on with, by its name [default: a new one]" };
    private readonly Option<string?> _model = new("--model") { Description = "The model to ask [default: the nodes' own]" };

    private ChatCommand()
        : base("chat", "Talks with a model: each line is a message, and the reply comes as it is made. It goes on where a node is lost, and on any node.")
    {
        Options.Add(_conversation);
        Options.Add(_model);
    }

    public static Command Create(FaceLine face, AdminLine admin)
    {
        var command = new ChatCommand();
        face.Reaches(command);
        admin.Reaches(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = new FaceClient(face.Urls(parsed), face.Key, face.Terminal.Time);
            using var steering = admin.Client(parsed);
            var given = parsed.GetValue(command._conversation);
            var conversation = TurnAsk.Name(given, "--conversation", "cli");
            var chat = new Chat(face.Terminal, client, new Canceller(steering), conversation, parsed.GetValue(command._model));
            return await chat.RunAsync(isNew: given is null, cancellationToken);
        });
        return command;
    }
}
