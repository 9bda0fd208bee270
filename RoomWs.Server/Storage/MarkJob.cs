namespace RoomWs.Server.Storage;

/// <summary>A place in the order of commits. It changes nothing, so it is reached whether or not its batch can be committed.</summary>
internal sealed class MarkJob(Action passed) : WriteJob
{
    public override void Run(WriteScope write)
    {
    }

    public override void Committed() => passed();

    public override void Failed(Exception cause) => passed();
}
