namespace RoomWs.Bench.Load;

/// <summary>A measurement that cannot go on, and why, for the one who runs it.</summary>
internal sealed class LoadException : Exception
{
    public LoadException(string message)
        : base(message)
    {
    }

    public LoadException(string message, Exception cause)
        : base(message, cause)
    {
    }

    public LoadException()
    {
    }
}
