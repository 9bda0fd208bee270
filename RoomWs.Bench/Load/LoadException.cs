namespace RoomWs.Bench.Load;

/// <summary>A measurement has failed. The message says why, and is shown to the user.</summary>
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
