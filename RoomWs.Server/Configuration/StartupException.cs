namespace RoomWs.Server.Configuration;

/// <summary>The server cannot start, for a reason that its operator can correct. Only the message is shown, so it must say what to do.</summary>
#pragma warning disable RCS1194 // Without a message it would be useless.
internal sealed class StartupException : Exception
#pragma warning restore RCS1194
{
    public StartupException(string message) : base(message)
    {
    }

    public StartupException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
